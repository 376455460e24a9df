/// A file of a figure: the gnuplot script, or data that it plots.
public struct FigureFile: Hashable, Sendable {
    /// Plain letters, digits, dots and dashes.
    public let name: String
    public let contents: String
}

/// The pictures that gnuplot draws, by file extension.
public enum FigureFormat: String, Sendable, CaseIterable {
    case svg, png, pdf
}
