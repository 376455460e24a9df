import ArgumentParser
import Foundation
import SIMTrials
import Sweeps

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times what Swingby is made of; compare only lines of one run.",
        subcommands: [BenchSIM.self])
}

struct BenchSIM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim",
        abstract: "Times a training step of SIM nets on one thread.",
        discussion: """
            The time is that of a whole trial, data and metrics included, divided by its steps; the \
            best of three. 'make bench' shows it beside PyTorch.
            """)

    @Option(help: "Epochs a trial.")
    var epochs = 40

    @OptionGroup var output: OutputOptions

    /// d, hidden, layers.
    private static let nets = [(64, 64, 1), (64, 64, 2), (64, 64, 4), (2, 4, 4)]

    func validate() throws {
        guard (1...1000).contains(epochs) else {
            throw ValidationError("--epochs is from 1 to 1000")
        }
    }

    func run() async throws {
        for (dimension, hidden, layers) in Self.nets {
            try await time(dimension: dimension, hidden: hidden, layers: layers)
        }
    }

    private func time(dimension: Int, hidden: Int, layers: Int) async throws {
        let kind = SIMKind()
        var given = Configuration([
            "task.dimension": .number(Double(dimension)), "model.layers": .number(Double(layers)),
            "train.epochs": .number(Double(epochs)), "train.learning_rate": .number(0.01),
        ])
        if layers > 1 {
            given["model.hidden"] = .number(Double(hidden))
            given["model.activation"] = .text("relu")
        }
        let configuration = try kind.complete(given)
        let spec = TrialSpec(
            kind: kind.name, version: kind.version, configuration: configuration, seed: 1)
        let steps = Double(epochs) * (kind.steps(per: "epoch", of: configuration) ?? 1)
        var best = Double.infinity
        for _ in 0..<3 {
            let time = try await ContinuousClock().measure {
                _ = try await kind.run(spec, context: TrialContext())
            }
            best = min(best, time / .microseconds(1) / steps)
        }
        let rounded = (best * 1000).rounded() / 1000
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "sim", "impl": "swingby", "d": .integer(dimension),
                "hidden": .integer(hidden), "layers": .integer(layers), "batch": 128,
                "steps": .number(steps), "us_per_step": .number(rounded),
            ])
        } else {
            print("d \(dimension)  hidden \(hidden)  layers \(layers)  \(rounded) µs a step")
        }
    }
}
