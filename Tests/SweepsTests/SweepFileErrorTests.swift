import Sweeps
import Testing

@Suite("A sweep file with mistakes")
struct SweepFileErrorTests {
    @Test("is told all of them, in order of place", arguments: MalformedFile.all)
    func everyMistake(file: MalformedFile) {
        #expect(complaints(about: Array(file.text.utf8), file.overrides) == file.errors)
    }

    @Test("that is not UTF-8 is told where")
    func notUTF8() {
        let text = Array("name: a\nkind: ".utf8) + [0xFF, 0x0A]
        #expect(
            complaints(about: text)
                == ["f.yaml:2:7: a byte that is not UTF-8; save the file as UTF-8"])
    }

    @Test("that is too large is not read")
    func tooLarge() {
        let text = Array(repeating: UInt8(ascii: "#"), count: 1 << 20) + [0x0A]
        #expect(
            complaints(about: text)
                == ["f.yaml:1:1: 1048577 bytes; a sweep file has at most 1048576"])
    }

    @Test("that would unfold to 2³⁰ nodes is refused")
    func bomb() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...30 {
            text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
        }
        text += "? *a30\n: 1\n"
        #expect(
            complaints(about: Array(text.utf8)) == [
                "f.yaml:2:10: anchors and aliases (&name, *name) are not taken here; "
                    + "write the value out"
            ])
    }

    @Test("needs a name where its own is none")
    func fileName() throws {
        let error = #expect(throws: SweepFileErrors.self) {
            try SweepFile(text: Array("kind: sim".utf8), path: "a/3 b.yaml", kinds: [ToyKind()])
        }
        #expect(
            error?.description
                == "a/3 b.yaml:1:1: the file's name '3 b' is no name; begin with a letter, then "
                + "letters, digits, '.', '_' and '-', at most 64; or give a name:")
    }

    @Test("by the hundred is not told all of them")
    func flood() {
        let text = (0..<5000).map { "key\($0): 1\n" }.joined()
        #expect(complaints(about: Array(text.utf8)).count == 200)
    }

    @Test(
        "says what was probably meant",
        arguments: [
            ("seedz", "seeds"), ("SEEDS", "seeds"), ("kidn", "kind"),
            ("learning_rate", "train.learning_rate"), ("learning_rte", "train.learning_rate"),
            ("train.lerning_rate", "train.learning_rate"), ("x", nil), ("method", nil),
            (String(repeating: "x", count: 1000), nil), ("", nil),
        ] as [(String, String?)])
    func nearestWord(word: String, expected: String?) {
        #expect(nearest(to: word, among: ["seeds", "kind", "train.learning_rate"]) == expected)
    }
}
