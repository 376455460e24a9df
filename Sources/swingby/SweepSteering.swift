import ArgumentParser
import Coordination
import Sweeps

/// Sweeps that a command tells their coordinator something about.
struct SteeredSweeps: ParsableArguments {
    @Argument(help: "The sweep, or several.") var sweeps: String
    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    /// - Parameter text: What to say of each, by its name and how many trials the wish was for.
    func steer(
        _ wish: SweepWish, text: (_ name: String, _ trials: Int) -> String
    ) async throws {
        guard
            case .steered(let all) = try await access.request(.steer(sweeps: sweeps, wish))
        else { throw CommandFailure(.failed, "the coordinator answered something else") }
        for sweep in all {
            if output.json {
                Terminal.printJSON([
                    "schema": 1, "name": .string(sweep.name), "trials": .integer(sweep.trials),
                ])
            } else {
                print(text(sweep.name, sweep.trials))
            }
        }
    }
}

struct SweepPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Leases no more trials of a sweep; what runs goes on.",
        discussion: """
            swingby sweep pause fig2a
            swingby sweep pause all
            """)

    @OptionGroup var sweeps: SteeredSweeps

    func run() async throws {
        try await sweeps.steer(.pause) { name, trials in
            "\(name) is paused, \(trials) trials to go; 'swingby sweep resume \(name)' goes on"
        }
    }
}

struct SweepResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Leases trials of a paused sweep again.",
        discussion: """
            swingby sweep resume fig2a
            """)

    @OptionGroup var sweeps: SteeredSweeps

    func run() async throws {
        try await sweeps.steer(.resume) { name, trials in
            "\(name) goes on, \(trials) trials to go"
        }
    }
}

struct SweepStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Ends a sweep with its running trials; those that wait are called off.",
        discussion: """
            swingby sweep stop fig2a
            """)

    @OptionGroup var sweeps: SteeredSweeps

    func run() async throws {
        try await sweeps.steer(.stop) { name, _ in
            "\(name) ends with what runs; 'swingby sweep retry \(name) --cancelled' goes on"
        }
    }
}

struct SweepCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Ends a sweep now; its running trials are stopped.",
        discussion: """
            swingby sweep cancel fig2a
            """)

    @OptionGroup var sweeps: SteeredSweeps

    func run() async throws {
        try await sweeps.steer(.cancel) { name, trials in
            "\(name) is cancelled, \(trials) trials called off; "
                + "'swingby sweep retry \(name) --cancelled' goes on"
        }
    }
}
