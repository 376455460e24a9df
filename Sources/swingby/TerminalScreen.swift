import Foundation
import Synchronization

/// The whole terminal, for a view that is drawn again and again: a screen beside the one with the
/// user's own lines, which is shown again, as it was, when the view is left.
final class TerminalScreen: Sendable {
    struct Size {
        let rows: Int
        let columns: Int
    }

    private struct State {
        var isOpen = true
        var lines: [TopView.Line] = []
    }

    private let before: termios
    private let state = Mutex(State())

    /// Takes the terminal, typed characters and all.
    init() {
        var settings = termios()
        tcgetattr(STDIN_FILENO, &settings)
        before = settings
        settings.c_lflag &= ~tcflag_t(ECHO | ICANON)
        // Stopped by Ctrl-Z it would leave the terminal as it is now.
        withUnsafeMutableBytes(of: &settings.c_cc) { $0[Int(VSUSP)] = 0 }
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        Terminal.printAtOnce("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Gives the terminal back, with the last view below the user's lines.
    func leave() {
        let lines = state.withLock { state -> [TopView.Line] in
            defer { state.isOpen = false }
            return state.isOpen ? state.lines : []
        }
        tcsetattr(STDIN_FILENO, TCSANOW, [before])
        Terminal.printAtOnce("\u{1B}[?25h\u{1B}[?1049l")
        print(lines.map(\.text).joined(separator: "\n"))
    }

    /// Shows the lines that `make` has for the present size, each cut to the width.
    func draw(_ make: (Size) -> [TopView.Line]) {
        let size = Self.size
        let lines = make(size)
        var text = "\u{1B}[H"
        for line in lines.prefix(size.rows) {
            let cut = String(line.text.prefix(size.columns))
            let isBold = line.isTitle && Terminal.usesColor
            // Cleared first: behind a line of full width the cursor is still on its last character.
            text += "\u{1B}[K" + (isBold ? "\u{1B}[1m\(cut)\u{1B}[0m" : cut) + "\n"
        }
        // Without the last line end, which would scroll a full screen.
        text = String(text.dropLast(1)) + "\u{1B}[J"
        state.withLock { state in
            guard state.isOpen else { return }
            state.lines = lines
            Terminal.printAtOnce(text)
        }
    }

    /// - Returns: Whether `q` was typed, or the terminal is gone, before the time was over.
    func waitForQuit(_ time: Duration) async -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end, !Task.isCancelled {
            var events = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            if poll(&events, 1, 0) > 0 {
                var typed = [UInt8](repeating: 0, count: 64)
                let count = read(STDIN_FILENO, &typed, typed.count)
                if count <= 0 || typed.prefix(count).contains(UInt8(ascii: "q")) { return true }
            }
            try? await Task.sleep(for: .milliseconds(50))  // cancelled: seen by the loop
        }
        return false
    }

    private static var size: Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0
        else { return Size(rows: 24, columns: 80) }
        return Size(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }
}
