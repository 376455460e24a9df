import Foundation
import KernelsV3
import KernelsV4
import NumericCore
import Testing

/// A value on record: `elementary/tables.py` computed it with 40 digits.
private struct Entry {
    let function: String
    let argument: Double
    let value: Double

    static func all(of function: String) throws -> [Entry] {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "elementary/tables.txt")
        let entries = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .compactMap { line -> Entry? in
                let fields = line.split(separator: " ")
                guard let argument = Double(fields[2]), let value = Double(fields[3]) else {
                    return nil
                }
                return Entry(
                    function: "\(fields[0]) \(fields[1])", argument: argument, value: value)
            }
            .filter { $0.function == function }
        try #require(entries.count > 50)
        return entries
    }
}

/// An elementary function of floats, of either level, and the same arithmetic on single floats.
private struct FloatFunction: Sendable {
    typealias OnArrays = @Sendable (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void

    let onArrays: [(KernelLevel, OnArrays)]
    let onOne: @Sendable (Float) -> Float
    /// How many units in the last place it may be wrong by.
    let tolerance: Double

    static let all: [String: FloatFunction] = [
        "float exp": FloatFunction(
            onArrays: [(.v3, KernelsV3.exponentials), (.v4, KernelsV4.exponentials)],
            onOne: PlainFunctions.exponential, tolerance: 1.2),
        "float log": FloatFunction(
            onArrays: [(.v3, KernelsV3.logarithms), (.v4, KernelsV4.logarithms)],
            onOne: PlainFunctions.logarithm, tolerance: 1.2),
        "float sin": FloatFunction(
            onArrays: [
                (
                    .v3,
                    { KernelsV3.sinesAndCosines(count: $0, turns: $1, sines: $2, cosines: rest) }
                ),
                (
                    .v4,
                    { KernelsV4.sinesAndCosines(count: $0, turns: $1, sines: $2, cosines: rest) }
                ),
            ], onOne: { PlainFunctions.sineAndCosine(turns: $0).0 }, tolerance: 1.6),
        "float cos": FloatFunction(
            onArrays: [
                (
                    .v3,
                    { KernelsV3.sinesAndCosines(count: $0, turns: $1, sines: rest, cosines: $2) }
                ),
                (
                    .v4,
                    { KernelsV4.sinesAndCosines(count: $0, turns: $1, sines: rest, cosines: $2) }
                ),
            ], onOne: { PlainFunctions.sineAndCosine(turns: $0).1 }, tolerance: 1.6),
        "float erf": FloatFunction(
            onArrays: [(.v3, KernelsV3.errorFunctions), (.v4, KernelsV4.errorFunctions)],
            onOne: PlainFunctions.errorFunction, tolerance: 1.2),
    ]

    /// Where sines or cosines go that are not asked for.
    private nonisolated(unsafe) static let rest = UnsafeMutablePointer<Float>.allocate(
        capacity: 1 << 14)

    func values(at arguments: [Float], _ level: KernelLevel) throws -> [Float] {
        let function = try #require(onArrays.first { $0.0 == level }).1
        let padding = Array(repeating: Float(0.5), count: (16 - arguments.count % 16) % 16)
        let padded = arguments + padding
        var output = padded
        function(padded.count, padded, &output)
        return Array(output.prefix(arguments.count))
    }
}

@Suite("Elementary functions of floats", .serialized)
struct ElementaryTests {
    @Test(
        "are within a unit or two of the last place, over their whole range",
        arguments: FloatFunction.all.keys.sorted(), levels)
    func accuracy(name: String, level: KernelLevel) throws {
        let function = try #require(FloatFunction.all[name])
        let entries = try Entry.all(of: name)
        let values = try function.values(at: entries.map { Float($0.argument) }, level)
        for (entry, value) in zip(entries, values) {
            let unit = Double(max(Float(abs(entry.value)).ulp, .leastNonzeroMagnitude))
            let error = abs(Double(value) - entry.value) / unit
            #expect(error <= function.tolerance, "\(name) of \(entry.argument): \(value)")
        }
    }

    @Test(
        "have the bits of the same arithmetic on single floats",
        arguments: FloatFunction.all.keys.sorted(), levels)
    func plain(name: String, level: KernelLevel) throws {
        let function = try #require(FloatFunction.all[name])
        let range: ClosedRange<Float> =
            switch name {
            case "float exp": -110...95
            case "float erf": -5...5
            default: 0x1p-25...(1 - 0x1p-24)
            }
        let arguments = (0..<10_000).map {
            range.lowerBound + (range.upperBound - range.lowerBound) * Float($0) / 9_999
        }
        let values = try function.values(at: arguments, level)
        let differing = zip(arguments, values).filter {
            function.onOne($0).bitPattern != $1.bitPattern
        }
        #expect(differing.isEmpty, "\(differing.prefix(3)) of \(differing.count)")
    }

    @Test("end where floats end", arguments: levels)
    func ends(level: KernelLevel) throws {
        let exp = try #require(FloatFunction.all["float exp"])
        let erf = try #require(FloatFunction.all["float erf"])
        let arguments: [Float] = [-.infinity, -1e30, -200, 89, 1e30, .infinity]
        #expect(
            try exp.values(at: arguments, level) == [0, 0, 0, .infinity, .infinity, .infinity])
        #expect(try erf.values(at: arguments, level) == [-1, -1, -1, 1, 1, 1])
        #expect(try exp.values(at: [.nan], level)[0].isNaN)
        #expect(try erf.values(at: [.nan], level)[0].isNaN)
        #expect(try erf.values(at: [-0.0], level)[0].sign == .minus)
    }
}

@Suite("Elementary functions of doubles")
struct DoubleFunctionTests {
    @Test("are within a unit or two of the last place, over their whole range")
    func accuracy() throws {
        let functions = ["double exp": exponential, "double log": naturalLogarithm]
        for (name, function) in functions {
            for entry in try Entry.all(of: name) {
                let error = abs(function(entry.argument) - entry.value) / abs(entry.value).ulp
                #expect(error <= 2, "\(name) of \(entry.argument)")
            }
        }
    }
}
