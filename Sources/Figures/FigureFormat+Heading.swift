internal import Sweeps

/// Okabe and Ito's colours without yellow, which is too faint for lines, and black, which is
/// theory's.
///
/// - SeeAlso: Okabe, Ito, "Color Universal Design", 2008.
enum Palette {
    static let colors = ["0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9"]

    static func color(_ i: Int) -> String { colors[i % colors.count] }
}

extension FigureFormat {
    /// What a script begins with, for a picture of the usual width.
    func heading(height: Double) -> [String] {
        let (width, pixels) = (Int(Frame.width), Int(height))
        let font = "noenhanced font 'DejaVu Sans,14'"
        let terminal =
            switch self {
            case .svg: "svg size \(width),\(pixels) \(font) background '#ffffff'"
            // Twice as fine, to be sharp on any screen; letters are in points there, 3/4 of a pixel.
            case .png:
                "pngcairo size \(2 * width),\(2 * pixels) \(font) fontscale 1.5 linewidth 2 "
                    + "pointscale 2 background '#ffffff'"
            // In inches, 7.5 wide.
            case .pdf:
                "pdfcairo size \(PlaneFigure.text(7.5)),\(PlaneFigure.text(height / 120)) \(font) "
                    + "fontscale 0.45 linewidth 1 pointscale 0.75"
            }
        return [
            "set encoding utf8",
            "set terminal \(terminal)",
            "set output 'figure.\(rawValue)'",
            // The same points come out larger in SVG.
            "marker = \(self == .svg ? "0.7" : "0.85")",
        ]
    }
}
