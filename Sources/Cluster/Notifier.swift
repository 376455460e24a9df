import Foundation
public import Logging
import Store
import Subprocess
import Sweeps
import SystemPackage

/// What there is to say of a sweep.
struct SweepNotice: Sendable {
    let rule: NotifyRule
    let sweep: Int
    let name: String
    let counts: StateCounts

    init(_ rule: NotifyRule, sweep: Int, name: String, counts: StateCounts) {
        self.rule = rule
        self.sweep = sweep
        self.name = name
        self.counts = counts
    }

    /// One word, for `SWINGBY_EVENT`.
    var event: String {
        switch rule {
        case .finished: "finished"
        case .failed: "failed"
        case .stalled: "stalled"
        }
    }

    func json(store: String) -> JSONValue {
        let states = TrialState.allCases.map {
            JSONValue.Member($0.description, .integer(counts[$0]))
        }
        return .object(
            [
                .init("schema", .integer(1)), .init("event", .string(event)),
                .init("rule", .string(rule.description)), .init("sweep", .string(name)),
                .init("number", .integer(sweep)), .init("store", .string(store)),
                .init("planned", .integer(counts.total)),
            ] + states)
    }
}

/// Runs a program of the user's when there is something to say of a sweep: a line of JSON on its
/// standard input, the event's name in `SWINGBY_EVENT`.
public struct Notifier: Sendable {
    private let program: String
    /// After which it is stopped.
    private let timeLimit: Duration
    private let logger: Logger

    /// - Parameter program: A path, or a name that is looked up in `PATH`.
    public init(program: String, timeLimit: Duration = .seconds(60), logger: Logger) {
        self.program = program
        self.timeLimit = timeLimit
        self.logger = logger
    }

    /// Runs it to its end; that it failed is logged.
    func tell(_ notice: SweepNotice, store: String) async {
        do {
            try await run(notice, store: store)
        } catch {
            logger.error(
                "notify program failed",
                metadata: [
                    "program": "\(program)", "sweep": "\(notice.name)",
                    "event": "\(notice.event)", "error": "\(error)",
                ])
        }
    }

    private func run(_ notice: SweepNotice, store: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await start(notice, store: store) }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                throw NotifyError(detail: "stopped after \(timeLimit.text)")
            }
            // Leaving the group cancels the other task, and that kills the program.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func start(_ notice: SweepNotice, store: String) async throws {
        let input = try Self.file(of: notice.json(store: store).text + "\n")
        let end = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program),
            environment: .inherit.updating(["SWINGBY_EVENT": notice.event]),
            input: .fileDescriptor(input, closeAfterSpawningProcess: true), output: .discarded,
            error: .string(limit: 1 << 16))
        guard end.terminationStatus.isSuccess else {
            let said = end.standardError.trimmingCharacters(in: .whitespacesAndNewlines)
            throw NotifyError(detail: "\(end.terminationStatus): \(said.prefix(500))")
        }
    }

    /// A file without a name: a program that does not read it breaks no pipe.
    private static func file(of text: String) throws -> FileDescriptor {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "swingby-notice-\(UUID().uuidString)").path
        let file = try FileDescriptor.open(
            FilePath(path), .readWrite, options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite)
        unlink(path)
        do {
            try file.writeAll(text.utf8)
            try file.seek(offset: 0, from: .start)
        } catch {
            try? file.close()  // the error to tell is the other one
            throw error
        }
        return file
    }
}

private struct NotifyError: Error, CustomStringConvertible {
    let detail: String
    var description: String { detail }
}
