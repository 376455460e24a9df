internal import Foundation
internal import Subprocess

/// Draws figures by the program gnuplot, as its own process.
public struct Gnuplot: Sendable {
    /// Looked up in `PATH`.
    public let executable: String
    /// After which it is stopped.
    public let timeLimit: Duration

    public init(executable: String = "gnuplot", timeLimit: Duration = .seconds(120)) {
        self.executable = executable
        self.timeLimit = timeLimit
    }

    /// Draws in a folder of its own, which is gone afterwards.
    ///
    /// - Parameter files: A script `figure.gp` that writes `figure.svg` (or the other format), and
    ///   its data.
    /// - Returns: The picture.
    /// - Throws: `FigureError`; `CancellationError`.
    func picture(of files: [FigureFile], format: FigureFormat) async throws -> Data {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "swingby-figure-\(UUID().uuidString)")
        try FigureFile.reporting(folder) {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        }
        defer {
            // What is left in the temporary folder harms nobody.
            try? FileManager.default.removeItem(at: folder)
        }
        try FigureFile.write(files, to: folder)
        try await run(in: folder)
        let picture = folder.appending(path: "figure.\(format.rawValue)")
        return try FigureFile.reporting(picture) { try Data(contentsOf: picture) }
    }

    private func run(in folder: URL) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await start(in: folder) }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                throw FigureError.timedOut(timeLimit)
            }
            // Leaving the group cancels the other task, and that kills the process.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Starts it without its user's settings (`-d`): the same script draws the same picture for
    /// everyone.
    private func start(in folder: URL) async throws {
        // A quote in the path is doubled; the path begins with a slash, so never with a quote.
        let path = folder.path(percentEncoded: false).replacingOccurrences(
            of: "'", with: "''", options: .literal)
        let enter = "cd '\(path)'"
        do {
            let end = try await Subprocess.run(
                .name(executable), arguments: ["-d", "-e", enter, "figure.gp"],
                environment: .inherit.updating(["LC_ALL": "C.UTF-8"]), output: .discarded,
                error: .string(limit: 1 << 16))
            guard end.terminationStatus.isSuccess else {
                throw FigureError.gnuplotFailed(
                    status: end.terminationStatus.description,
                    message: end.standardError.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw FigureError.gnuplotMissing(executable: executable)
        }
    }
}

extension FigureFile {
    /// Writes each file to a temporary one beside it, which is then renamed.
    ///
    /// - Throws: `FigureError.notWritable`.
    static func write(_ files: [FigureFile], to folder: URL) throws(FigureError) {
        for file in files {
            let place = folder.appending(path: file.name)
            try reporting(place) { try Data(file.bytes).write(to: place, options: .atomic) }
        }
    }

    static func reporting<Success>(
        _ place: URL, _ body: () throws -> Success
    ) throws(FigureError) -> Success {
        do {
            return try body()
        } catch {
            throw .notWritable(
                path: place.path(percentEncoded: false), reason: error.localizedDescription)
        }
    }
}
