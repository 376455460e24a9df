/// A table of comma-separated values: the cells of a sweep with `method: list`.
///
/// The first line names the keys, each other line is a cell; fields may stand in double quotes, a
/// quote in them doubled. An empty field leaves its key out.
///
/// - SeeAlso: RFC 4180.
struct RowsFile {
    typealias Origin = SweepFileError.Origin

    struct Field {
        let text: String
        let origin: Origin
    }

    let header: [Field]
    /// As many fields as the header has.
    let lines: [[Field]]

    /// - Returns: nil where the bytes are no such table; why is in `problems`.
    init?(_ bytes: [UInt8], name: String, problems: inout Problems) {
        var bytes = bytes[...]
        // Spreadsheets save one.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.add(
                .beside(file: name, line: 1, column: 1),
                "bytes that are not UTF-8; save the file as UTF-8")
            return nil
        }
        var scanner = RowsScanner(scalars: Array(text.unicodeScalars), name: name)
        guard let records = scanner.records(&problems) else { return nil }
        guard let header = records.first, records.count > 1 else {
            problems.add(
                .beside(file: name, line: 1, column: 1),
                "no cells; the first line names the keys, each other line is a cell")
            return nil
        }
        let countBefore = problems.count
        for record in records.dropFirst() where record.count != header.count {
            problems.add(
                record[0].origin,
                "\(record.count) fields for \(header.count) keys; give each key one, "
                    + "a list in quotes: \"[1, 2]\"")
        }
        guard problems.count == countBefore else { return nil }
        self.header = header
        lines = Array(records.dropFirst())
    }
}

/// Cuts comma-separated values into fields.
private struct RowsScanner {
    let scalars: [Unicode.Scalar]
    let name: String
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(scalars: [Unicode.Scalar], name: String) {
        self.scalars = scalars
        self.name = name
    }

    private var origin: SweepFileError.Origin {
        .beside(file: name, line: line, column: index - lineStart + 1)
    }

    private var scalar: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// - Returns: Lines without anything are left out.
    mutating func records(_ problems: inout Problems) -> [[RowsFile.Field]]? {
        var records: [[RowsFile.Field]] = []
        while index < scalars.count {
            var fields: [RowsFile.Field] = []
            var isOver = false
            while !isOver {
                guard let field = field(&problems) else { return nil }
                fields.append(field)
                if scalar == "," { index += 1 } else { isOver = true }
            }
            endLine()
            if fields.count > 1 || !fields[0].text.isEmpty { records.append(fields) }
        }
        return records
    }

    private mutating func field(_ problems: inout Problems) -> RowsFile.Field? {
        while scalar == " " { index += 1 }
        let start = origin
        guard scalar == "\"" else {
            var text = String.UnicodeScalarView()
            while let next = scalar, next != ",", next != "\n", next != "\r" {
                text.append(next)
                index += 1
            }
            while text.last == " " { text.removeLast() }
            return RowsFile.Field(text: String(text), origin: start)
        }
        index += 1
        var text = String.UnicodeScalarView()
        while let next = scalar {
            index += 1
            if next == "\"" {
                guard scalar == "\"" else { return end(of: String(text), start, &problems) }
                index += 1
            }
            if next == "\n" { (line, lineStart) = (line + 1, index) }
            text.append(next)
        }
        problems.add(start, "the quote that begins here has no end; close it")
        return nil
    }

    private mutating func end(
        of text: String, _ start: SweepFileError.Origin, _ problems: inout Problems
    ) -> RowsFile.Field? {
        while scalar == " " { index += 1 }
        if scalar == nil || scalar == "," || scalar == "\n" || scalar == "\r" {
            return RowsFile.Field(text: text, origin: start)
        }
        problems.add(origin, "text after a closing quote; write a quote within as two")
        return nil
    }

    private mutating func endLine() {
        if scalar == "\r" { index += 1 }
        if scalar == "\n" { index += 1 }
        (line, lineStart) = (line + 1, index)
    }
}
