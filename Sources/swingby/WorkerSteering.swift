import ArgumentParser
import Coordination
import Sweeps

/// Workers that a command tells its coordinator something about.
struct SteeredWorkers: ParsableArguments {
    @Argument(help: "The workers: a name, a host, or all.") var workers: String
    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    /// - Parameters:
    ///   - otherwise: What to say where there is no such worker.
    ///   - text: What to say of those that there are, by their names.
    func steer(
        _ wish: WorkerWish, otherwise: String, _ text: (_ names: String) -> String
    ) async throws {
        guard
            case .steeredWorkers(let found) = try await access.request(
                .steerWorkers(workers, wish))
        else { throw CommandFailure(.failed, "the coordinator answered something else") }
        if output.json {
            let names = found.map { JSONValue.string("\($0)") }
            Terminal.printJSON(["schema": 1, "workers": .array(names)])
        } else if !found.isEmpty {
            print(text(found.map(\.rawValue).joined(separator: ", ")))
        }
        if found.isEmpty { throw CommandFailure(.failed, otherwise) }
    }
}

struct WorkerDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Has workers take no new trial, and leave when what they train is done.",
        discussion: """
            swingby worker drain h3          (before the host is taken away)

            What a worker holds and has not begun goes to others at once.
            """)

    @OptionGroup var workers: SteeredWorkers

    func run() async throws {
        try await workers.steer(
            .drain, otherwise: "'\(workers.workers)' names no worker that is connected"
        ) { "\($0): no new trials; leaving when what runs is done" }
    }
}

struct WorkerQuarantine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Has workers get no trials until they are released.",
        discussion: """
            swingby worker quarantine h3     (a host that is not to be trusted)
            swingby worker release h3

            What runs there goes on, and its results are taken. A worker stays in quarantine when it
            or the coordinator is started again.
            """)

    @OptionGroup var workers: SteeredWorkers

    func run() async throws {
        let selector = workers.workers
        try await workers.steer(.quarantine, otherwise: "the store has heard of no worker yet") {
            "\($0): no trials until 'swingby worker release \(selector)'"
        }
    }
}

struct WorkerRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Ends the quarantine of workers.",
        discussion: """
            swingby worker release h3
            swingby worker release all
            """)

    @OptionGroup var workers: SteeredWorkers

    func run() async throws {
        try await workers.steer(
            .release, otherwise: "'\(workers.workers)' names no worker in quarantine"
        ) { "\($0): trials again" }
    }
}
