import Foundation
import Testing

/// The programs in `reference`, run by the Python that has PyTorch and scipy.
enum Reference {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// `SWINGBY_TORCH_PYTHON`, else that of `.venv` beside the package.
    private static var python: URL {
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        return ProcessInfo.processInfo.environment["SWINGBY_TORCH_PYTHON"]
            .map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent(".venv/bin/python")
    }

    /// Hands `body` a folder that is removed afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("swingby-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        return try body(folder)
    }

    /// - Parameter input: What the program reads, as JSON.
    /// - Returns: What it writes.
    static func run(_ program: String, _ input: some Encodable) throws -> Data {
        var output = Data()
        try withFolder { folder in
            let given = folder.appendingPathComponent("input.json")
            try JSONEncoder().encode(input).write(to: given)
            output = try run(program, arguments: [], input: given)
        }
        return output
    }

    /// - Returns: What the program writes.
    static func run(_ program: String, arguments: [String], input: URL? = nil) throws -> Data {
        let process = Process()
        process.executableURL = python
        process.arguments =
            [folder.appendingPathComponent("reference/\(program)").path] + arguments
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) failed")
        return data
    }
}
