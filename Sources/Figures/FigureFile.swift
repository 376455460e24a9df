/// A file of a figure: the gnuplot script, or data that it plots.
public struct FigureFile: Hashable, Sendable {
    /// Plain letters, digits, dots and dashes.
    public let name: String
    public let bytes: [UInt8]

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    init(name: String, contents: String) {
        self.init(name: name, bytes: Array(contents.utf8))
    }

    /// As text.
    public var contents: String { String(decoding: bytes, as: UTF8.self) }
}

/// The pictures that gnuplot draws, by file extension.
public enum FigureFormat: String, Sendable, CaseIterable {
    case svg, png, pdf
}
