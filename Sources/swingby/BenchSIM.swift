import ArgumentParser
import Foundation
import NumericCore
import Sweeps

struct BenchSIM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sim",
        abstract: "Times a training step of SIM nets, one thread a trial.",
        discussion: """
            swingby bench sim --json

            The time is that of the training alone, the output at a test point every tenth step \
            included; data are drawn before. Each repeat measures the core's peak too, of which \
            the fraction is. 'make bench' shows all of it beside PyTorch, JAX and numpy.
            """)

    @Option(help: ArgumentHelp("Only this net, as --list names it.", valueName: "name"))
    var net: String?

    @Option(help: "Trials that train side by side, a thread each.")
    var trials = 1

    @Flag(
        help: "Train 16 trials of each narrow net in the lanes of a vector; the time is a trial's.")
    var lanes = false

    @Flag(help: "Name the nets and the steps of each, and end.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Write data and first weights of each net to a folder in this one, and end.",
            valueName: "dir"))
    var write: String?

    @OptionGroup var repeated: RepeatOption
    @OptionGroup var output: OutputOptions

    private var nets: [BenchNet] {
        BenchNet.all.filter { (net == nil || $0.name == net) && (!lanes || $0.fitsLanes) }
    }

    func validate() throws {
        guard (1...64).contains(trials) else { throw ValidationError("--trials is from 1 to 64") }
        guard !nets.isEmpty else {
            let names = BenchNet.all.map(\.name).joined(separator: ", ")
            throw ValidationError(
                "there is no net '\(net ?? "")'\(lanes ? " for lanes" : ""); there are \(names)")
        }
    }

    func run() async throws {
        let kernels = try Kernels.chosen()
        for net in nets {
            if list {
                print(net.name, net.steps)
            } else if let write {
                try net.write(to: URL(filePath: write).appending(path: net.name), kernels)
            } else {
                try await time(net, kernels)
            }
        }
    }

    private func time(_ net: BenchNet, _ kernels: Kernels) async throws {
        var durations: [Duration] = []
        var fractions: [Double] = []
        var loss = 0.0
        let operations = net.operationsPerStep * (lanes ? 16 : 1)
        for _ in 0..<repeated.repeats {
            let peak = try await BenchPeak.rate(kernels)
            let runs = try await sideBySide(net, kernels)
            let duration = runs.map(\.time).reduce(.zero, +) / runs.count
            durations.append(duration)
            let rate = operations * Double(net.steps) / (duration / .seconds(1))
            fractions.append(rate / 1e9 / peak)
            loss = runs[0].loss
        }
        let times = BenchTimes(durations)
        let scale = 1e6 / Double(net.steps * (lanes ? 16 : 1))
        let best = BenchTimes.rounded(times.best * scale)
        let rate = BenchTimes.rounded(net.operationsPerStep / (times.best * scale) / 1000)
        let fraction = BenchTimes.rounded(fractions.max() ?? 0)
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "sim", "impl": "swingby", "net": .string(net.name),
                "kernels": .string(kernels.level.rawValue), "trials": .integer(trials),
                "lanes": .integer(lanes ? 16 : 1), "steps": .integer(net.steps),
                "us_per_step": .number(best),
                "us_per_step_median": .number(BenchTimes.rounded(times.median * scale)),
                "gflops": .number(rate), "peak_fraction": .number(fraction),
                "final_loss": .number(loss),
            ])
        } else {
            let name = net.name.padding(toLength: 14, withPad: " ", startingAt: 0)
            print("\(name) \(best) µs a step, \(rate) GFLOP/s, \(fraction) of peak, loss \(loss)")
        }
    }

    private func sideBySide(_ net: BenchNet, _ kernels: Kernels) async throws -> [BenchRun] {
        try await withThrowingTaskGroup(of: BenchRun.self) { group in
            for _ in 0..<trials {
                group.addTask { [lanes] in
                    try await compute {
                        BenchRun.train(net, lanes: lanes, kernels)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
