import ArgumentParser
import DiffusionTrials
import Foundation
import Glibc
import NumericCore
import Sweeps

struct BenchDiffusion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diffusion",
        abstract: "Times a training step of image generators.",
        discussion: """
            swingby bench diffusion --net b32 --threads 2 --json

            b64 is the paper's U-Net at 32 × 32 pixels, b32 the same with half the channels, t1 \
            the one of tier T1. 'make bench' shows them beside PyTorch.
            """)

    @Option(help: ArgumentHelp("Only this network.", valueName: "name"))
    var net: String?

    @Option(help: "Images a step; left out, as the network's tier has it.")
    var batch: Int?

    @Option(help: "Threads that work on a step.")
    var threads = 1

    @Option(
        help: ArgumentHelp(
            "Write first weights and batches of each network to a folder in this one, and end.",
            valueName: "dir"))
    var write: String?

    @OptionGroup var repeated: RepeatOption
    @OptionGroup var output: OutputOptions

    private var nets: [GeneratorBenchmark.Net] {
        GeneratorBenchmark.Net.allCases.filter { net == nil || $0.rawValue == net }
    }

    func validate() throws {
        guard !nets.isEmpty else {
            let names = GeneratorBenchmark.Net.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no network '\(net ?? "")'; there are \(names)")
        }
        guard (1...64).contains(threads) else {
            throw ValidationError("--threads is from 1 to 64")
        }
        guard batch.map({ (1...4096).contains($0) }) ?? true else {
            throw ValidationError("--batch is from 1 to 4096")
        }
    }

    func run() async throws {
        let kernels = try Kernels.chosen()
        for net in nets {
            guard let write else {
                try await time(net, kernels)
                continue
            }
            var benchmark = try GeneratorBenchmark(
                net, batchSize: batch, threads: threads, kernels: kernels)
            // As many steps as are taken: the first one, and those that are timed.
            try benchmark.write(
                steps: 1 + repeated.repeats,
                to: URL(filePath: write).appending(path: net.rawValue))
        }
    }

    private func time(_ net: GeneratorBenchmark.Net, _ kernels: Kernels) async throws {
        let (batch, threads, repeats) = (batch, threads, repeated.repeats)
        let (durations, loss, benchmark) = try await compute {
            var benchmark = try GeneratorBenchmark(
                net, batchSize: batch, threads: threads, kernels: kernels)
            // The first step touches all memory for the first time.
            var loss = benchmark.takeStep()
            var durations: [Duration] = []
            for _ in 0..<repeats {
                durations.append(ContinuousClock().measure { loss = benchmark.takeStep() })
            }
            return (
                durations, loss,
                (
                    batch: benchmark.batchSize, parameters: benchmark.parameterCount,
                    operations: benchmark.operationsPerStep
                )
            )
        }
        let times = BenchTimes(durations)
        let rate = BenchTimes.rounded(benchmark.operations / times.best / 1e9)
        let best = BenchTimes.rounded(times.best)
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "diffusion", "impl": "swingby",
                "net": .string(net.rawValue), "kernels": .string(kernels.level.rawValue),
                "batch": .integer(benchmark.batch), "threads": .integer(threads),
                "params": .integer(benchmark.parameters), "s_per_step": .number(best),
                "s_median": .number(BenchTimes.rounded(times.median)), "gflops": .number(rate),
                "final_loss": .number(loss), "peak_mb": .integer(Self.peakMegabytes),
            ])
        } else {
            print(
                "\(net.rawValue), \(benchmark.batch) images, \(threads) threads: \(best) s a step, "
                    + "\(rate) GFLOP/s, loss \(Float(loss))")
        }
    }

    /// The most memory that the process has had resident.
    private static var peakMegabytes: Int {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}
