import ArgumentParser
import NumericCore
import Sweeps

struct BenchPeak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peak",
        abstract: "Times fused multiply-adds alone: the most that one core and all can do.",
        discussion: """
            swingby bench peak --json
            """)

    @OptionGroup var repeated: RepeatOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        for level in KernelLevel.allCases where level.isSupported {
            for threads in [1, 2] {
                try await time(Kernels(level), threads: threads)
            }
        }
    }

    private func time(_ kernels: Kernels, threads: Int) async throws {
        var rates: [Double] = []
        for _ in 0..<repeated.repeats {
            rates.append(try await Self.rate(kernels, threads: threads))
        }
        rates.sort()
        let best = BenchTimes.rounded(rates[rates.count - 1])
        let median = BenchTimes.rounded(rates[rates.count / 2])
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "peak", "impl": "swingby",
                "kernels": .string(kernels.level.rawValue), "threads": .integer(threads),
                "gflops": .number(best), "gflops_median": .number(median),
            ])
        } else {
            print("\(kernels.level)  threads \(threads)  \(best) GFLOP/s, median \(median)")
        }
    }

    /// Multiply-adds on `threads` threads at once, in 10⁹ operations a second.
    static func rate(_ kernels: Kernels, threads: Int = 1) async throws -> Double {
        try await withThrowingTaskGroup(of: Double.self) { group in
            for _ in 0..<threads {
                group.addTask {
                    try await compute {
                        var operations = 0
                        let time = ContinuousClock().measure {
                            operations = kernels.multiplyAndAdd(rounds: 2_000_000)
                        }
                        return Double(operations) / (time / .seconds(1)) / 1e9
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }
}
