import ArgumentParser
import Coordination
import Sweeps

/// A sweep that a command tells its coordinator something about.
struct SteeredSweep: ParsableArguments {
    @Argument(help: "The sweep.") var sweep: String
    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    /// - Parameter text: What to say, by the sweep's name and how many trials the wishes were for.
    func steer(
        _ wishes: [SweepWish], text: (_ name: String, _ trials: Int) -> String
    ) async throws {
        var (name, trials) = (sweep, 0)
        for wish in wishes {
            guard
                case .steered(let named, let count) = try await access.request(
                    .steer(sweep: sweep, wish))
            else { throw CommandFailure(.failed, "the coordinator answered something else") }
            (name, trials) = (named, trials + count)
        }
        if output.json {
            Terminal.printJSON(["schema": 1, "name": .string(name), "trials": .integer(trials)])
        } else {
            print(text(name, trials))
        }
    }
}

struct SweepPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Leases no more trials of a sweep; what runs goes on.",
        discussion: """
            swingby sweep pause fig2a
            """)

    @OptionGroup var sweep: SteeredSweep

    func run() async throws {
        try await sweep.steer([.pause]) { name, trials in
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

    @OptionGroup var sweep: SteeredSweep

    func run() async throws {
        try await sweep.steer([.resume]) { name, trials in
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

    @OptionGroup var sweep: SteeredSweep

    func run() async throws {
        try await sweep.steer([.stop]) { name, _ in
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

    @OptionGroup var sweep: SteeredSweep

    func run() async throws {
        try await sweep.steer([.cancel]) { name, trials in
            "\(name) is cancelled, \(trials) trials called off; "
                + "'swingby sweep retry \(name) --cancelled' goes on"
        }
    }
}

struct SweepRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Has trials wait again that failed or were called off.",
        discussion: """
            swingby sweep retry fig2a --lost

            Without a flag: those that failed, for whatever reason.
            """)

    @Flag(help: "Those whose own code failed.") var failed = false
    @Flag(help: "Those whose workers were lost, or died of them.") var lost = false
    @Flag(help: "Those that were called off.") var cancelled = false
    @OptionGroup var sweep: SteeredSweep

    func run() async throws {
        var wishes: [SweepWish] = []
        if failed || !(lost || cancelled) { wishes.append(.retryFailed) }
        if lost || !(failed || cancelled) { wishes.append(.retryLost) }
        if cancelled { wishes.append(.retryCancelled) }
        try await sweep.steer(wishes) { name, trials in "\(name): \(trials) trials wait again" }
    }
}
