import ArgumentParser
import NumericCore
import Sweeps

struct BenchNormal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normal",
        abstract: "Times normal random numbers on one thread.",
        discussion: """
            swingby bench normal --repeats 20
            """)

    @OptionGroup var repeated: RepeatOption
    @OptionGroup var output: OutputOptions

    /// What fits the second-level cache: the time is that of the numbers, not of the memory.
    private static let count = 1 << 16

    func run() async throws {
        let stream = RandomStream(seed: 1, .data, kernels: try Kernels.chosen())
        let repeats = repeated.repeats
        let times = BenchTimes(
            try await compute {
                (0..<repeats).map { _ in
                    ContinuousClock().measure {
                        for _ in 0..<16 { _ = stream.normal(count: Self.count) }
                    } / 16
                }
            })
        let nanoseconds = 1e9 / Double(Self.count)
        let best = BenchTimes.rounded(times.best * nanoseconds)
        let median = BenchTimes.rounded(times.median * nanoseconds)
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "normal", "impl": "swingby", "count": .integer(Self.count),
                "ns_per_value": .number(best), "ns_per_value_median": .number(median),
            ])
        } else {
            print("\(best) ns a value, median \(median)")
        }
    }
}
