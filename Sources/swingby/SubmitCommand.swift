import ArgumentParser
import Coordination
import Store
import Sweeps
import Transport

/// Which coordinator a command steers.
struct AccessOptions: ParsableArguments {
    @Option(help: "A copy of the coordinator's access file (default: the store's own).")
    var access: String?

    @OptionGroup var store: StoreOptions

    var path: String { access ?? store.path + "/access" }

    /// - Throws: `TransportError.unreachable` or `.refused`, and what is wrong with the file.
    func request(_ request: ClientRequest) async throws -> ClientReply {
        if access == nil { try expectCoordinator() }
        let access = try AccessFile(path: path)
        let reply = try await ClientConnection.request(
            request, access: access, timeout: .seconds(5),
            onWork: { Terminal.note("the coordinator enters \($0) trials") })
        if case .rejected(let reasons) = reply { throw CommandFailure(.failed, reasons) }
        return reply
    }

    /// Says at once that nobody serves the store, where that is known, instead of trying for long.
    private func expectCoordinator() throws {
        let mayRun: Bool
        do {
            mayRun = try store.reader().coordinator().mayRun
        } catch StoreError.missing(let directory) {
            throw CommandFailure(.unreachable, "\(StoreError.missing(directory: directory))")
        } catch {
            return  // whatever else is wrong with the store, its coordinator can be asked
        }
        guard mayRun else {
            throw CommandFailure(
                .unreachable,
                "no coordinator serves \(store.path); 'swingby coordinator start' starts one")
        }
    }
}

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Hands a sweep file to a running coordinator.",
        discussion: """
            swingby submit sweeps/fig2a.yaml --wait
            swingby submit sweeps/fig2a.yaml seeds.count=20 train.learning_rate=0.05,0.1

            The same plan again resumes the sweep of that name; 'swingby sweep extend' gives it a
            larger one.
            """)

    @OptionGroup var file: SweepFileArgument

    @Flag(help: "Wait until the sweep is over.")
    var wait = false

    @Flag(help: "Run a sweep that began with another version of its kind anew.")
    var rerun = false

    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var loaded = try await file.load(access.store)
        loaded.source.isRerun = rerun
        try await access.submit(loaded, json: output.json, wait: wait)
    }
}

extension AccessOptions {
    /// Hands a sweep in with the files that it names, says what became of it, and may wait for it.
    func submit(_ loaded: LoadedSweep, json: Bool, wait: Bool) async throws {
        let source = loaded.source
        if source.attachments.contains(where: { $0.bytes == nil }) {
            let exchange = FileExchange(access: try AccessFile(path: path), role: .submitter)
            try loaded.bringFiles { try exchange.put($0) }
        }
        let reply = try await request(.submit(source))
        guard case .submitted(let id, let name, let planned, let known) = reply else {
            throw CommandFailure(.failed, "the coordinator answered something else")
        }
        if json {
            Terminal.printJSON([
                "schema": 1, "id": .integer(id), "name": .string(name),
                "planned": .integer(planned), "known": .integer(known),
            ])
        } else {
            print("\(name) is sweep \(id): \(planned) trials, \(known) known already")
        }
        if wait {
            let progress = try await waitForSweep(id, in: store.reader())
            try progress.failIfTrialsFailed()
        }
    }
}
