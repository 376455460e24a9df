import Foundation

/// This program, started again in a session of its own: it outlives the terminal, and what it says
/// goes to a log file.
final class DetachedProgram {
    /// POSIX_SPAWN_SETSID of <spawn.h>, which Swift's Glibc does not have.
    private static let newSession: Int16 = 0x80

    let id: pid_t
    private let log: String
    /// Where in the log it begins: the file keeps what earlier ones said.
    private let logStart: UInt64

    /// - Throws: `CommandFailure`, where it cannot be started.
    init(_ arguments: [String], log: String) throws {
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(.failed, "\(log): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        self.log = log
        logStart = UInt64(max(0, lseek(descriptor, 0, SEEK_END)))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, descriptor, STDERR_FILENO)
        // Whatever the caller left open (a pipe to whoever waits for it) is not held for ever.
        for other in 3..<Int32(min(4096, max(3, sysconf(Int32(_SC_OPEN_MAX))))) {
            _ = fcntl(other, F_SETFD, FD_CLOEXEC)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Self.newSession)
        let program = "/proc/\(getpid())/exe"
        var texts = ([CommandLine.arguments[0]] + arguments).map { strdup($0) } + [nil]
        defer {
            for text in texts { free(text) }
        }
        var child = pid_t()
        let problem = posix_spawn(&child, program, &actions, &attributes, &texts, environ)
        guard problem == 0 else {
            throw CommandFailure(.failed, "cannot start: \(String(cString: strerror(problem)))")
        }
        id = child
    }

    /// Whether it has not ended yet.
    var isRunning: Bool {
        var status: Int32 = 0
        return waitpid(id, &status, WNOHANG) == 0
    }

    /// The last line that it put into the log, without `prefix`.
    func said(after prefix: String) -> String {
        guard let file = FileHandle(forReadingAtPath: log) else { return "it ended at once" }
        try? file.seek(toOffset: logStart)  // else the whole log: the last line is the same
        let text = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        let line = text.split(separator: "\n").last.map(String.init) ?? "it ended at once"
        return line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : line
    }
}
