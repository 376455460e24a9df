internal import Foundation
internal import Sweeps

/// Text on its way to gnuplot.
extension PlaneFigure {
    /// In single quotes, where gnuplot takes every character as it is: no backslash, backtick or
    /// `@` means anything, and the terminals have enhanced text switched off.
    ///
    /// An apostrophe becomes a typographic one: doubled, as gnuplot's manual has it, it would still
    /// end a string that begins with it (5.4).
    static func quoted(_ text: String) -> String {
        // By Unicode scalar: an apostrophe under an accent is one character, but still ends a string.
        var shown = String.UnicodeScalarView()
        for scalar in text.visible.unicodeScalars {
            shown.append(scalar == "'" ? "’" : scalar)
        }
        return "'" + String(shown) + "'"
    }

    /// What fits beside a figure.
    static func clipped(_ text: String) -> String {
        text.count > 36 ? text.prefix(35) + "…" : text
    }

    /// A concept's output by its words, as in the paper; it has the unit of the data, which is 1.
    static func axisLabel(_ curve: String) -> String {
        concept(curve).map { "concept \($0) output" } ?? clipped(curve)
    }

    /// To three digits.
    static func rounded(_ number: Double) -> String { String(format: "%.3g", number) }

    /// A length, to a ten-thousandth.
    static func text(_ length: Double) -> String {
        Value.canonicalText(of: (length * 10_000).rounded() / 10_000)
    }
}
