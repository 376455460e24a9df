import ArgumentParser
import Coordination

/// A command that tells the coordinator what a person wants of a sweep.
private func steer(_ sweep: String, _ wish: SweepWish, _ access: AccessOptions) async throws -> (
    name: String, trials: Int
) {
    guard case .steered(let name, let trials) = try await access.request(.steer(sweep: sweep, wish))
    else { throw CommandFailure(.failed, "the coordinator answered something else") }
    return (name, trials)
}

struct SweepPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Leases no more trials of a sweep; what runs goes on.",
        discussion: """
            swingby sweep pause fig2a
            """)

    @Argument(help: "The sweep.") var sweep: String
    @OptionGroup var access: AccessOptions

    func run() async throws {
        let (name, trials) = try await steer(sweep, .pause, access)
        print("\(name) is paused, \(trials) trials to go; 'swingby sweep resume \(name)' goes on")
    }
}

struct SweepResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Leases trials of a paused sweep again.",
        discussion: """
            swingby sweep resume fig2a
            """)

    @Argument(help: "The sweep.") var sweep: String
    @OptionGroup var access: AccessOptions

    func run() async throws {
        let (name, trials) = try await steer(sweep, .resume, access)
        print("\(name) goes on, \(trials) trials to go")
    }
}

struct SweepStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Ends a sweep with its running trials; those that wait are called off.",
        discussion: """
            swingby sweep stop fig2a
            """)

    @Argument(help: "The sweep.") var sweep: String
    @OptionGroup var access: AccessOptions

    func run() async throws {
        let (name, _) = try await steer(sweep, .stop, access)
        print("\(name) ends with what runs; 'swingby sweep retry \(name) --cancelled' goes on")
    }
}

struct SweepCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Ends a sweep now; its running trials are stopped.",
        discussion: """
            swingby sweep cancel fig2a
            """)

    @Argument(help: "The sweep.") var sweep: String
    @OptionGroup var access: AccessOptions

    func run() async throws {
        let (name, trials) = try await steer(sweep, .cancel, access)
        print(
            "\(name) is cancelled, \(trials) trials called off; "
                + "'swingby sweep retry \(name) --cancelled' goes on")
    }
}

struct SweepRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Has trials wait again that failed or were called off.",
        discussion: """
            swingby sweep retry fig2a --lost

            Without a flag: those that failed, for whatever reason.
            """)

    @Argument(help: "The sweep.") var sweep: String
    @Flag(help: "Those whose own code failed.") var failed = false
    @Flag(help: "Those whose workers were lost, or died of them.") var lost = false
    @Flag(help: "Those that were called off.") var cancelled = false
    @OptionGroup var access: AccessOptions

    func run() async throws {
        var wishes: [SweepWish] = []
        if failed || !(lost || cancelled) { wishes.append(.retryFailed) }
        if lost || !(failed || cancelled) { wishes.append(.retryLost) }
        if cancelled { wishes.append(.retryCancelled) }
        var total = 0
        var named = sweep
        for wish in wishes {
            let (name, trials) = try await steer(sweep, wish, access)
            (named, total) = (name, total + trials)
        }
        print("\(named): \(total) trials wait again")
    }
}
