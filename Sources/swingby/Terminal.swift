import Foundation
import Sweeps

/// What people see. Names that come from files or peers are shown without control characters.
enum Terminal {
    static let isErrorTerminal = isatty(STDERR_FILENO) == 1
    static var usesColor: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    static func complain(_ message: String, prefix: String = "swingby: ") {
        FileHandle.standardError.write(Data((prefix + harmless(message) + "\n").utf8))
    }

    /// Says something on standard error that is no error: progress, how to go on.
    static func note(_ message: String) {
        complain(message, prefix: "")
    }

    /// Prints now, for who waits for the line at the other end of a pipe.
    static func printAtOnce(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func printJSON(_ value: JSONValue) {
        print(value.text)
    }

    /// `text` with control characters other than the line end made visible.
    static func harmless(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
            shown.append(isControl ? "\u{FFFD}" : scalar)
        }
        return String(shown)
    }

    /// Prints columns under a header.
    static func printTable(header: [String], rows: [[String]]) {
        for line in tableLines(header: header, rows: rows) { print(line) }
    }

    /// Columns under a header, as wide as they need be; numbers stand right.
    static func tableLines(header: [String], rows: [[String]]) -> [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        return all.map { row in
            let cells = row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return Double(text) == nil ? text + padding : padding + text
            }
            let line = cells.joined(separator: "  ")
            return harmless(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }

    /// Milliseconds since 1970 by this host's clock: the time of a day of today, else with its date.
    static func time(_ milliseconds: Int64, now: Int64 = currentMilliseconds()) -> String {
        func text(_ milliseconds: Int64, _ format: String) -> String {
            var seconds = time_t(milliseconds / 1000)
            var parts = tm()
            localtime_r(&seconds, &parts)
            return String(unsafeUninitializedCapacity: 64) { buffer in
                buffer.withMemoryRebound(to: CChar.self) {
                    strftime($0.baseAddress!, 64, format, &parts)  // the buffer is not empty
                }
            }
        }
        let isToday = text(milliseconds, "%F") == text(now, "%F")
        return text(milliseconds, isToday ? "%T" : "%F %T")
    }

    /// `3500000` as `3.3 MiB`.
    static func size(_ bytes: Int) -> String {
        bytes < 1 << 20
            ? String(format: "%.1f KiB", Double(bytes) / 0x1p10)
            : String(format: "%.1f MiB", Double(bytes) / 0x1p20)
    }

    /// `93` as `1 min 33 s`.
    static func duration(seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 100 { return "\(whole) s" }
        if whole < 6000 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
