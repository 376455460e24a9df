internal import Sweeps

/// Okabe and Ito's colours without yellow, which is too faint for lines, and black, which is
/// theory's.
///
/// - SeeAlso: Okabe, Ito, "Color Universal Design", 2008.
enum Palette {
    static let colors = ["0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9"]

    static func color(_ i: Int) -> String { colors[i % colors.count] }
}

/// Colours of numbers, from low to high: as even in lightness to the colour-blind as to others.
///
/// - SeeAlso: van der Walt, Smith, "viridis", 2015.
enum ColorScale {
    private static let colors = [
        "440154", "472D7B", "3B528B", "2C728E", "21918C", "28AE80", "5EC962", "ADDC30", "FDE725",
    ]

    /// gnuplot's setting, for numbers in a range.
    static func lines(_ range: ClosedRange<Double>) -> [String] {
        let stops = colors.enumerated().map { "\($0) '#\($1)'" }.joined(separator: ", ")
        let (low, high) = (range.lowerBound, range.upperBound)
        return [
            "set palette defined (\(stops))",
            "set cbrange [\(Value.canonicalText(of: low)):\(Value.canonicalText(of: high))]",
        ]
    }
}

extension FigureFormat {
    /// What a script begins with, for a picture of so many pixels.
    func heading(width: Double, height: Double) -> [String] {
        let (inches, width, pixels) = (width / 120, Int(width), Int(height))
        let font = "noenhanced font 'DejaVu Sans,14'"
        let terminal =
            switch self {
            case .svg: "svg size \(width),\(pixels) \(font) background '#ffffff'"
            // Twice as fine, to be sharp on any screen; letters are in points there, 3/4 of a pixel.
            case .png:
                "pngcairo size \(2 * width),\(2 * pixels) \(font) fontscale 1.5 linewidth 2 "
                    + "pointscale 2 background '#ffffff'"
            // In inches.
            case .pdf:
                "pdfcairo size \(PlaneFigure.text(inches)),\(PlaneFigure.text(height / 120)) \(font) "
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
