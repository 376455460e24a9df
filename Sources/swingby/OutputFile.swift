import Foundation

/// Writes what a command was asked for, whole or not at all.
enum OutputFile {
    /// - Throws: `CommandFailure` with the path and the reason.
    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandFailure(.failed, "\(path): \(error.localizedDescription)")
        }
    }

    /// Writes lines as they come, so that they need not fit in memory, to a file beside the place
    /// which is then moved there; `-` is standard output.
    ///
    /// - Throws: `CommandFailure` with the path and the reason; what `body` throws.
    static func write(
        to path: String, _ body: (_ line: (String) throws -> Void) throws -> Void
    ) throws {
        guard path != "-" else { return try body { print($0) } }
        let draft = "\(path).\(getpid()).tmp"
        func failure() -> CommandFailure {
            CommandFailure(.failed, "\(path): \(String(cString: strerror(errno)))")
        }
        guard let file = fopen(draft, "w") else { throw failure() }
        var isOpen = true
        do {
            try body { line in
                guard fputs(line + "\n", file) >= 0 else { throw failure() }
            }
            isOpen = false
            guard fclose(file) == 0, rename(draft, path) == 0 else { throw failure() }
        } catch {
            if isOpen { fclose(file) }
            unlink(draft)
            throw error
        }
    }

    /// Has a file made beside the place, which is then moved there.
    ///
    /// - Throws: `CommandFailure` with the path and the reason; what `make` throws.
    static func move(to path: String, _ make: (_ draft: String) throws -> Void) throws {
        let draft = "\(path).\(getpid()).tmp"
        unlink(draft)
        do {
            try make(draft)
            guard rename(draft, path) == 0 else {
                throw CommandFailure(.failed, "\(path): \(String(cString: strerror(errno)))")
            }
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// Writes a folder of files beside its place, then moves it there.
    ///
    /// - Throws: `CommandFailure`, also where there is such a folder that is not empty.
    static func write(folder files: [String: [UInt8]], to path: String) throws {
        let place = URL(filePath: path).standardizedFileURL.path
        let draft = "\(place).\(getpid()).tmp"
        do {
            try FileManager.default.createDirectory(
                atPath: draft, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.failed, "\(path): \(error.localizedDescription)")
        }
        do {
            for (name, bytes) in files { try write(bytes, to: "\(draft)/\(name)") }
            guard rename(draft, place) == 0 else {
                let isTaken = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR
                throw CommandFailure(
                    .failed,
                    isTaken
                        ? "\(path): is there already; name a new folder, or an empty one"
                        : "\(path): \(String(cString: strerror(errno)))")
            }
        } catch {
            // What is left of it is of no use; the error that is thrown says why.
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
    }
}
