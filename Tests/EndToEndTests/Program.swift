import Foundation
import Testing

/// The program that was built with these tests, started as people start it.
enum Program {
    /// Beside the test bundle: both come from one build. `SWINGBY_PROGRAM` names another.
    static let url: URL = {
        if let path = ProcessInfo.processInfo.environment["SWINGBY_PROGRAM"] {
            return URL(filePath: path)
        }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "swingby")
    }()

    /// The top folder of the package.
    static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func sweep(_ name: String) -> String {
        package.appending(path: "sweeps/\(name)").path
    }

    /// What a program that has ended said.
    struct Ended {
        let status: Int32
        let output: String
        let error: String
    }

    /// Runs to the end.
    static func run(
        _ arguments: String..., store: Folder? = nil, environment: [String: String] = [:]
    ) throws -> Ended {
        try start(arguments, store: store, environment: environment).wait()
    }

    static func start(
        _ arguments: [String], store: Folder? = nil, environment: [String: String] = [:]
    ) throws -> RunningProgram {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment
        all["SWINGBY_STORE"] = store?.path
        all["XDG_STATE_HOME"] = store.map { $0.path + "-state" }
        all.merge(environment) { $1 }
        process.environment = all
        return try RunningProgram(process)
    }
}

/// A program that runs, with what it says kept in files.
final class RunningProgram: Sendable {
    private let process: Process
    private let folder = Folder()

    init(_ process: Process) throws {
        self.process = process
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try folder.create("output")
        process.standardError = try folder.create("error")
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var id: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { folder.text("output") }
    var error: String { folder.text("error") }

    func send(_ signal: Int32) {
        kill(id, signal)
    }

    /// Waits for the end: three minutes at most, so that a program that hangs fails its test.
    @discardableResult
    func wait() -> Program.Ended {
        for _ in 0..<9000 where process.isRunning {
            usleep(20_000)
        }
        if process.isRunning {
            Issue.record("hangs: \(process.arguments ?? [])")
            send(SIGKILL)
        }
        process.waitUntilExit()
        return Program.Ended(status: process.terminationStatus, output: output, error: error)
    }

    /// Its children, as the kernel lists them.
    var children: [Int32] {
        let path = "/proc/\(id)/task/\(id)/children"
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")) ?? []
        let texts = all.map { "/proc/\(id)/task/\($0)/children" } + [path]
        let numbers = texts.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }
            .flatMap { $0.split(separator: " ").compactMap { Int32($0) } }
        return Array(Set(numbers)).sorted()
    }
}

/// A temporary folder that goes with the value.
final class Folder: Sendable {
    let url: URL

    init() {
        url = FileManager.default.temporaryDirectory
            .appending(path: "swingby-\(UUID().uuidString.prefix(8))")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
        try? FileManager.default.removeItem(atPath: path + "-state")
    }

    var path: String { url.path }

    func create(_ name: String) throws -> FileHandle {
        let file = url.appending(path: name)
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    func text(_ name: String) -> String {
        (try? String(contentsOf: url.appending(path: name), encoding: .utf8)) ?? ""
    }

    func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}

/// Waits until something is so; a minute at most, so that a test that cannot end fails instead.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<1200 {
        if try condition() { return }
        usleep(50_000)
    }
    Issue.record("never: \(what)")
}
