import Foundation
import Testing

/// The Python that `make test` sets up.
enum TestPython {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Runs a program of `Tests/ReportTests/python` and returns what it printed.
    static func run(_ script: String, _ arguments: [String]) throws -> Data {
        let python = repository.appending(path: ".venv/bin/python").path
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "there is no \(python); make test sets it up")
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments =
            [repository.appending(path: "Tests/ReportTests/python/\(script)").path] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(script) failed")
        return output
    }

    /// A folder that is gone after `body`.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "swingby-report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
