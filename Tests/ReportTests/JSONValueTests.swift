import Sweeps
import Testing

@Suite("JSON text")
struct JSONValueTests {
    @Test("keeps the order of members and the shortest numbers")
    func order() {
        let value: JSONValue = [
            "b": 1, "a": [0.1, 1e-7, -0.5, true, .null], "c": .optional(nil), "n": .number(3),
        ]
        #expect(value.text == #"{"b":1,"a":[0.1,1e-07,-0.5,true,null],"c":null,"n":3}"#)
    }

    @Test("has null for numbers that JSON cannot write")
    func notFinite() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).text == "[null,null]")
    }

    @Test("escapes what would end a string")
    func strings() {
        let value: JSONValue = ["a\"b\\": "line\nend\u{1}"]
        #expect(value.text == #"{"a\"b\\":"line\nend\u0001"}"#)
    }

    @Test("takes a parameter's value as it is")
    func values() {
        let value = Value.list([.number(1), .text("x"), .flag(false), .list([])])
        #expect(JSONValue(value).text == #"[1,"x",false,[]]"#)
    }
}
