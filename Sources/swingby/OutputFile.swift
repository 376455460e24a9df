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
