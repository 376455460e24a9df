import ArgumentParser
import Foundation

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times what Swingby is made of; compare only lines of one run.",
        subcommands: [
            BenchPeak.self, BenchSIM.self, BenchMatrix.self, BenchNormal.self, BenchDiffusion.self,
            BenchCheckpoint.self, BenchDispatch.self,
        ])
}

/// What the benchmarks share: best and median of repeats.
struct BenchTimes {
    /// Seconds, the shortest first.
    private let seconds: [Double]

    /// - Precondition: There is at least one.
    init(_ durations: [Duration]) {
        precondition(!durations.isEmpty, "no durations")
        seconds = durations.map { $0 / .seconds(1) }.sorted()
    }

    var best: Double { seconds[0] }
    var median: Double { seconds[seconds.count / 2] }

    /// To four digits: a time is not known better.
    static func rounded(_ value: Double) -> Double {
        guard value != 0, value.isFinite else { return value }
        // By way of the decimal text, so that no more digits are printed.
        return Double(String(format: "%.4g", value)) ?? value
    }
}

struct RepeatOption: ParsableArguments {
    @Option(help: "How often each line is timed.")
    var repeats = 5

    func validate() throws {
        guard (1...1000).contains(repeats) else {
            throw ValidationError("--repeats is from 1 to 1000")
        }
    }
}
