import ArgumentParser
import DiffusionTrials
import Foundation
import Glibc
import NumericCore
import Sweeps

struct BenchDiffusion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diffusion",
        abstract: "Times a training step of image generators, or images that they draw.",
        discussion: """
            swingby bench diffusion --net b32 --threads 2 --json
            swingby bench diffusion --net b32 --draw

            b64 is the paper's U-Net at 32 × 32 pixels, b32 the same with half the channels, t1 \
            the one of tier T1. 'make bench' shows them beside PyTorch.
            """)

    @Option(help: ArgumentHelp("Only this network.", valueName: "name"))
    var net: String?

    @Option(help: "Images a step; left out, as the network's tier has it.")
    var batch: Int?

    @Option(help: "Threads that work on a step.")
    var threads = 1

    @Flag(help: "Time the sampler, after as many training steps as are timed otherwise.")
    var draw = false

    @Option(
        help: ArgumentHelp(
            "Write each network's weights, batches and drawn images to a folder in this one, and end.",
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
                try await draw ? timeDrawing(net, kernels) : timeSteps(net, kernels)
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

    private func timeSteps(
        _ net: GeneratorBenchmark.Net, _ kernels: Kernels
    ) async throws {
        let (batch, threads, repeats) = (batch, threads, repeated.repeats)
        let (steps, convolutions, loss, benchmark) = try await compute {
            var benchmark = try GeneratorBenchmark(
                net, batchSize: batch, threads: threads, kernels: kernels)
            // The first step touches all memory for the first time.
            var loss = benchmark.takeStep()
            let steps = (0..<repeats).map { _ in
                ContinuousClock().measure { loss = benchmark.takeStep() }
            }
            let convolutions = (0..<repeats).map { _ in
                ContinuousClock().measure { benchmark.convolve() }
            }
            return (
                steps, convolutions, loss,
                (
                    batch: benchmark.batchSize, parameters: benchmark.parameterCount,
                    operations: benchmark.operationsPerStep,
                    convolutions: benchmark.convolutionOperations
                )
            )
        }
        let times = BenchTimes(steps)
        let rate = BenchTimes.rounded(benchmark.operations / times.best / 1e9)
        let convolutionRate = BenchTimes.rounded(
            benchmark.convolutions / BenchTimes(convolutions).best / 1e9)
        let best = BenchTimes.rounded(times.best)
        guard output.json else {
            print(
                "\(net.rawValue), \(benchmark.batch) images, \(threads) threads: \(best) s a step, "
                    + "\(rate) GFLOP/s, convolutions \(convolutionRate), loss \(Float(loss))")
            return
        }
        Terminal.printJSON([
            "schema": 1, "bench": "diffusion", "impl": "swingby",
            "net": .string(net.rawValue), "kernels": .string(kernels.level.rawValue),
            "batch": .integer(benchmark.batch), "threads": .integer(threads),
            "params": .integer(benchmark.parameters), "s_per_step": .number(best),
            "s_median": .number(BenchTimes.rounded(times.median)), "gflops": .number(rate),
            "convolution_gflops": .number(convolutionRate), "final_loss": .number(loss),
            "peak_mb": .integer(Self.peakMegabytes),
        ])
    }

    private func timeDrawing(
        _ net: GeneratorBenchmark.Net, _ kernels: Kernels
    ) async throws {
        let (batch, threads, repeats) = (batch, threads, repeated.repeats)
        let (durations, images, steps) = try await compute {
            var benchmark = try GeneratorBenchmark(
                net, batchSize: batch, threads: threads, kernels: kernels)
            for _ in 0...repeats { _ = benchmark.takeStep() }
            let durations = (0..<repeats).map { _ in
                ContinuousClock().measure { _ = benchmark.draw() }
            }
            return (durations, benchmark.drawnCount, benchmark.drawingSteps)
        }
        let times = BenchTimes(durations)
        let best = BenchTimes.rounded(times.best / Double(steps))
        guard output.json else {
            print("\(net.rawValue), \(images) images drawn, \(threads) threads: \(best) s a step")
            return
        }
        Terminal.printJSON([
            "schema": 1, "bench": "drawing", "impl": "swingby",
            "net": .string(net.rawValue), "kernels": .string(kernels.level.rawValue),
            "batch": .integer(images), "steps": .integer(steps), "threads": .integer(threads),
            "s_per_step": .number(best),
            "s_median": .number(BenchTimes.rounded(times.median / Double(steps))),
            "peak_mb": .integer(Self.peakMegabytes),
        ])
    }

    /// The most memory that the process has had resident.
    private static var peakMegabytes: Int {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}
