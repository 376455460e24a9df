internal import Foundation
internal import Sweeps

/// A number as people read it, rounded to what is known of it. No locale is asked: the point is a
/// point everywhere.
struct NumberText {
    private let decimals: Int
    private let isScientific: Bool

    /// Chooses how many digits show, for a number or for one with its interval.
    ///
    /// - Parameters:
    ///   - numbers: What is shown side by side.
    ///   - width: The interval's, of which two digits show; nil: four digits of the numbers do.
    init(for numbers: [Double], width: Double? = nil) {
        let largest = numbers.lazy.map(\.magnitude).filter(\.isFinite).max() ?? 0
        guard largest > 0 else {
            (decimals, isScientific) = (0, false)
            return
        }
        let isScientific = largest < 1e-3 || largest >= 1e6
        let isWhole = !isScientific && numbers.allSatisfy { $0 == $0.rounded() }
        let lastPlace: Int
        if let width, width > 0, width.isFinite {
            lastPlace = Self.decimalExponent(width) - 1
        } else {
            lastPlace = isWhole ? 0 : Self.decimalExponent(largest) - 3
        }
        let shown = isScientific ? Self.decimalExponent(largest) - lastPlace : -lastPlace
        self.isScientific = isScientific
        decimals = min(max(shown, 0), 15)
    }

    func text(_ number: Double) -> String {
        let text = String(format: isScientific ? "%.*e" : "%.*f", decimals, number)
        let isZero = !text.prefix { $0 != "e" }.contains { ("1"..."9").contains($0) }
        return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
    }

    /// The exponent of ten of the first digit.
    private static func decimalExponent(_ number: Double) -> Int {
        let digits = String(format: "%.15e", number.magnitude)
        return digits.split(separator: "e").last.flatMap { Int($0) } ?? 0
    }
}
