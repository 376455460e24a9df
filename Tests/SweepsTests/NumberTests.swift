import Testing

@testable import Sweeps

@Suite("A plain scalar")
struct PlainScalarTests {
    @Test(
        "is a number as YAML 1.2 writes them",
        arguments: [
            ("1", 1), ("-1", -1), ("+7", 7), ("1.0", 1), ("1.", 1), (".5", 0.5), ("-.5e1", -5),
            ("1e-5", 1e-5), ("1E+3", 1000), ("0x10", 16), ("0xfF", 255), ("0o7", 7), ("007", 7),
            ("-0", 0), ("9007199254740992", 0x1p53), ("0.1", 0.1),
            ("5e-324", .leastNonzeroMagnitude),
        ] as [(String, Double)])
    func numbers(text: String, number: Double) {
        #expect(PlainScalar(text) == .value(.number(number)))
    }

    @Test(
        "is text where it is no number, flag or null",
        arguments: [
            "yes", "no", "on", "TrUe", "1_000", "1:30", "0x", "0o8", "0b1", "e5", "1e", "1e+", ".",
            "+", "--1", "0x-1", "1 2", "infinity", "nan", "inf", "0x1p3", "٣", "2024-01-01",
        ])
    func texts(text: String) {
        #expect(PlainScalar(text) == .value(.text(text)))
    }

    @Test("has no sign of zero")
    func negativeZero() {
        guard case .value(.number(let zero)) = PlainScalar("-0.0") else {
            Issue.record("-0.0 is a number")
            return
        }
        #expect(zero.sign == .plus)
    }

    @Test("is null or a flag")
    func words() {
        #expect(["", "~", "null", "Null", "NULL"].allSatisfy { PlainScalar($0) == .null })
        #expect(["true", "True", "TRUE"].allSatisfy { PlainScalar($0) == .value(.flag(true)) })
        #expect(["false", "False", "FALSE"].allSatisfy { PlainScalar($0) == .value(.flag(false)) })
    }

    @Test("quoted is text")
    func quoted() {
        #expect(
            complaints(about: Array("name: a\nparameters: {model.layers: {value: \"2\"}}".utf8))
                == [
                    "f.yaml:2:36: model.layers is '2'; it must be a whole number from 1 to 32"
                ])
    }
}

@Suite("The canonical text of a number")
struct CanonicalNumberTests {
    @Test("reads back as the same bits", arguments: UInt64(0)..<20)
    func roundTrip(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for _ in 0..<1000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite, number != 0 else { continue }
            let text = Value.canonicalText(of: number)
            // Whole numbers over 2⁵³ are refused in a file only where they are written out.
            #expect(PlainScalar(text) == .value(.number(number)), "\(text)")
        }
    }

    @Test("does not depend on how the number is spelled")
    func spelling() {
        let spellings = ["1", "1.0", "1e0", "0x1", "+1", "10e-1", "0.1e1"]
        for spelling in spellings {
            guard case .value(let value) = PlainScalar(spelling) else {
                Issue.record("\(spelling) is a value")
                continue
            }
            #expect(value.canonicalText == "1")
        }
    }
}

@Suite("A geomspace")
struct GeomspaceTests {
    @Test("has 12 significant digits and exact ends")
    func halfDecades() {
        #expect(
            geomspace(start: 1e-3, stop: 1e-1, count: 5)
                == [0.001, 0.00316227766017, 0.01, 0.0316227766017, 0.1])
        #expect(geomspace(start: 8, stop: 1, count: 4) == [8, 4, 2, 1])
        #expect(geomspace(start: 0.1234567890123456, stop: 7, count: 2) == [0.1234567890123456, 7])
    }

    @Test("hits powers of ten and two over the whole range of Double")
    func powers() {
        let decades = geomspace(start: 1e-300, stop: 1e300, count: 601)
        #expect(decades == (-300...300).map { Double("1e\($0)") ?? .nan })
        let powers = geomspace(start: 1, stop: 1024, count: 11)
        #expect(powers == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    }

    @Test("has a constant ratio", arguments: UInt64(0)..<50)
    func constantRatio(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let start = Double.random(in: 1e-6...1e6, using: &generator)
        let stop = Double.random(in: 1e-6...1e6, using: &generator)
        let values = geomspace(start: start, stop: stop, count: 9)
        for index in 1..<8 {
            let square = values[index - 1] * values[index + 1]
            #expect(abs(values[index] * values[index] / square - 1) < 3e-11)
        }
    }

    @Test(
        "rounds a half away from zero, through nines",
        arguments: [
            (0.1234567890125, 0.123456789013), (999999999999.7, 1e12), (1.00000000000049, 1),
            (123_456_789_012_345_680, 123_456_789_012_000_000),
            (.leastNonzeroMagnitude, .leastNonzeroMagnitude), (2.5, 2.5),
            (0.000123456789012345, 0.000123456789012),
        ])
    func rounding(number: Double, rounded: Double) {
        #expect(roundedTo12Digits(number) == rounded)
    }
}
