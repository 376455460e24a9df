import Testing

@testable import Sweeps

/// A condition with what is to be said of it, at which letter from 0.
struct WrongCondition: Sendable, CustomTestStringConvertible {
    let text: String
    let offset: Int
    let message: String
    var testDescription: String { text }

    init(_ text: String, _ offset: Int, _ message: String) {
        self.text = text
        self.offset = offset
        self.message = message
    }
}

@Suite("A condition")
struct ConditionTests {
    private static let cell: [String: Value] = [
        "model.layers": .number(2), "train.learning_rate": .number(0.01), "pair": .text("low"),
        "model.activation": .text("relu"), "task.rotation": .flag(true),
        "task.signal": .list([.number(1), .number(2)]), "train.batch_size": .number(-5),
    ]

    @Test(
        "holds of a cell",
        arguments: [
            "model.layers == 2", "model.layers >= 2 and model.layers <= 2", "2.0 == model.layers",
            "train.learning_rate == 1e-2", "train.learning_rate < .02", "model.layers != 3",
            #"pair == "low" and model.activation != 'none'"#, #"pair in ["low", "high"]"#,
            "model.layers not in [1, 3]", "not model.layers == 1", "task.rotation == true",
            "task.signal == [1, 2]", "task.signal in [[3, 2], [1, 2]]", "2 in task.signal",
            "model.layers == 1 or model.layers == 2 and model.layers == 2",
            "not (model.layers == 1 or pair == \"high\")", "train.batch_size == -5",
            "not not model.layers == 2", "train.batch_size<-4", #""a\"b" == "a\"b""#,
            "model.layers in [ 2 ]", "(((model.layers == 2)))",
        ])
    func holds(text: String) throws {
        #expect(try Condition(text).holds { Self.cell[$0] })
        #expect(try !Condition("not (\(text))").holds { Self.cell[$0] })
    }

    @Test(
        "is false of a key that does not apply, unless it is denied",
        arguments: [
            ("absent == 1", false), ("absent != 1", true), ("absent < 1", false),
            ("absent >= 1", false), ("absent in [1]", false), ("absent not in [1]", true),
            ("not absent == 1", true), ("absent == absent", false), ("absent != absent", true),
            ("1 in absent", false),
        ])
    func absentKeys(text: String, isTrue: Bool) throws {
        #expect(try Condition(text).holds { _ in nil } == isTrue)
    }

    @Test("binds or weaker than and, and not strongest")
    func precedence() throws {
        for bits in 0..<8 {
            let flags = [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0]
            let condition = try Condition("a == true or not b == true and c == true")
            let isTrue = condition.holds { name in
                ["a", "b", "c"].firstIndex(of: name).map { .flag(flags[$0]) }
            }
            #expect(isTrue == (flags[0] || !flags[1] && flags[2]), "\(flags)")
        }
    }

    @Test("lists its names with their places")
    func names() throws {
        let names = try Condition("a.b == 1 and not (3 in c)").names
        #expect(names == [.init(text: "a.b", offset: 0), .init(text: "c", offset: 23)])
    }

    @Test(
        "is refused at the place of its fault",
        arguments: [
            WrongCondition("", 0, "nothing where a key or a value should be"),
            WrongCondition("a = 1", 2, "'=' is no operator; write =="),
            WrongCondition("a == 1 && b == 2", 7, "'&&' is no operator; write and"),
            WrongCondition("!(a == 1)", 0, "'!' is no operator; write not"),
            WrongCondition(
                "a =>= 1", 2,
                "'=>=' is no operator; known are == != < <= > >= in "
                    + "and or not"),
            WrongCondition("a", 1, "no comparison after a; write one with == != < <= > >= or in"),
            WrongCondition("a == 1 b", 7, "'b' is left over; join conditions with and, or"),
            WrongCondition("1 < a < 3", 6, "two comparisons in one; write a < b and b < c"),
            WrongCondition("(a == 1", 7, "a parenthesis is not closed; write )"),
            WrongCondition("a in [1, 2", 10, "a list is not closed; write , or ]"),
            WrongCondition("a in [1 2]", 8, "a list is not closed; write , or ]"),
            WrongCondition(
                "a in [low]", 6,
                "'low' in a list; a list has values: text stands in "
                    + "quotes"),
            WrongCondition("a == \"x", 5, "the text that begins here has no end; close its quote"),
            WrongCondition(
                "a == 1.2.3", 5,
                "'1.2.3' is no number; there is no arithmetic here, "
                    + "and text stands in quotes"),
            WrongCondition(
                "a == 1 + 2", 7,
                "'+' is no number; there is no arithmetic here, "
                    + "and text stands in quotes"),
            WrongCondition(
                "a == 1e999", 5,
                "'1e999' is too large for a number; write a finite "
                    + "number"),
            WrongCondition("a == .nan", 5, "'.nan' is not a finite number; write a finite number"),
            WrongCondition(
                "a * 2 == 1", 2,
                "'*' is no part of a condition; known are keys, "
                    + "numbers, \"text\", lists, == != < <= > >= in and or not ( )"),
            WrongCondition("and a == 1", 0, "'and' where a key or a value should be"),
            WrongCondition("a == 1 and", 10, "nothing where a key or a value should be"),
            WrongCondition(
                String(repeating: "(", count: 100_000), 32, "nested too deep; at most 32 levels"),
            WrongCondition(
                "a in " + String(repeating: "[", count: 100_000), 36,
                "nested too deep; at most 32 levels"),
        ])
    func refused(wrong: WrongCondition) throws {
        #expect(throws: ConditionError(wrong.offset, wrong.message)) {
            try Condition(wrong.text)
        }
    }

    @Test("is read when it is very long")
    func long() throws {
        let text = Array(repeating: "a == 1", count: 20_000).joined(separator: " or ")
        #expect(try Condition(text).holds { _ in .number(1) })
    }
}

@Suite("The names in a condition")
struct ConditionNamesTests {
    private static let names = ConditionNames(
        parameters: [
            Parameter("model.layers", .integer(1...32), ""),
            Parameter("model.activation", .choice(["none", "relu"]), ""),
            Parameter("train.batch_size", .integerOr(1...9, words: ["full"]), ""),
            Parameter("model.bias", .flag, ""),
            Parameter("task.signal", .numbers(0...9, count: 1...3, broadcast: false), ""),
            Parameter("task.variance", .numbers(0...9, count: 1...3, broadcast: true), ""),
        ],
        axes: [
            Axis(name: "pair", keys: ["x", "y"], rows: [], labels: ["low", "high"]),
            Axis(name: "bare", keys: ["v", "w"], rows: []),
        ])

    @Test(
        "must exist, and be compared with what they can be",
        arguments: [
            WrongCondition(
                "model.layer == 1", 0,
                "no key or axis 'model.layer'; "
                    + "did you mean 'model.layers'?"),
            WrongCondition(
                "1 == zzzz", 5,
                "no key or axis 'zzzz'; text stands in quotes: "
                    + "\"zzzz\""),
            WrongCondition("model.activation == relu", 20, "text stands in quotes; write \"relu\""),
            WrongCondition(
                "model.layers == \"2\"", 13,
                "model.layers is a number, but \"2\" is "
                    + "text; these are never equal"),
            WrongCondition(
                "model.activation < 3", 0,
                "model.activation is text; only numbers go "
                    + "with <"),
            WrongCondition("model.layers >= \"a\"", 16, "\"a\" is text; only numbers go with >="),
            WrongCondition(
                "model.bias == 1", 11,
                "model.bias is true or false, but 1 is a "
                    + "number; these are never equal"),
            WrongCondition(
                "model.activation == \"rleu\"", 20,
                "model.activation is never 'rleu'; "
                    + "did you mean 'relu'?"),
            WrongCondition("pair != \"mid\"", 8, "pair is never 'mid'; known are low, high"),
            WrongCondition(
                "pair in [\"low\", 3]", 8, "pair is text, but 3 in the list is a number"),
            WrongCondition(
                "pair in [\"low\", \"hi\"]", 8,
                "pair is never 'hi'; known are low, "
                    + "high"),
            WrongCondition("model.layers in 3", 16, "3 is a number; in wants a list: [1, 2]"),
            WrongCondition(
                "bare == \"low\"", 5,
                "bare is a list, but \"low\" is text; "
                    + "these are never equal"),
            WrongCondition("task.signal > 1", 0, "task.signal is a list; only numbers go with >"),
        ])
    func wrong(wrong: WrongCondition) throws {
        let condition = try Condition(wrong.text)
        #expect(
            Self.names.problems(of: condition) == [ConditionError(wrong.offset, wrong.message)])
    }

    @Test(
        "are all right here",
        arguments: [
            "train.batch_size == \"full\"", "train.batch_size < 3", "task.variance == 0.05",
            "task.variance == [1, 2]", "task.signal == [1, 2]", "bare == [1, 2]",
            "pair == \"low\" or model.bias == false", "2 in task.signal",
            "model.layers in [1, 2] and model.activation not in [\"relu\"]",
        ])
    func right(text: String) throws {
        #expect(Self.names.problems(of: try Condition(text)) == [])
    }

    @Test("are complained about at their place in the file")
    func places() {
        var problems = Problems()
        let text = "where: 'model.layers == 1 and model.lyers == 2'\nlong:\n  a == 1 or b = 2\n"
        let root = YAMLReader.read(Array(text.utf8), problems: &problems)
        guard case .mapping(let members) = root?.content else {
            Issue.record("\(text) is a mapping")
            return
        }
        for member in members {
            _ = member.element.condition("where", names: Self.names, &problems)
        }
        #expect(
            problems.errors(path: "f").map(\.description) == [
                "f:1:31: no key or axis 'model.lyers'; did you mean 'model.layers'?",
                "f:3:15: '=' is no operator; write ==",
            ])
    }
}
