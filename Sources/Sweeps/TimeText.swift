extension Duration {
    /// A length of time as people write it: `90s`, `15m`, `2h`, `1h30m`, `1d`, or as Slurm does:
    /// `10:00` is ten minutes, `4:00:00` four hours, `1-00:00:00` a day.
    ///
    /// - Returns: nil for whatever else; a bare number too, since it says no unit.
    public init?(text: String) {
        guard let seconds = Self.seconds(text) ?? Self.slurmSeconds(text), seconds <= 10_000_000
        else { return nil }
        self = .milliseconds(Int64((seconds * 1000).rounded()))
    }

    private static func seconds(_ text: String) -> Double? {
        let scales = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400]
        var rest = text[...]
        var total = 0.0
        var last = Double.infinity
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = Double(digits), let scale = scales[String(unit)], scale < last
            else { return nil }
            total += number * scale
            last = scale
            rest = rest.dropFirst(digits.count + unit.count)
        }
        return text.isEmpty ? nil : total
    }

    private static func slurmSeconds(_ text: String) -> Double? {
        let byDay = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let clock = byDay.last, byDay.count <= 2 else { return nil }
        let fields = clock.split(separator: ":", omittingEmptySubsequences: false).map {
            UInt32($0)
        }
        let numbers = fields.compactMap { $0 }
        guard numbers.count == fields.count, (1...3).contains(numbers.count) else { return nil }
        var days = 0.0
        if byDay.count == 2 {
            guard let count = UInt32(byDay[0]) else { return nil }
            days = Double(count)
        } else if numbers.count == 1 {
            // A bare number says no unit; better asked than guessed.
            return nil
        }
        // Minutes and seconds, or hours first; after a day, hours come first in any case.
        let weights: [Double] =
            byDay.count == 2 ? [3600, 60, 1] : numbers.count == 2 ? [60, 1] : [3600, 60, 1]
        return days * 86400 + zip(numbers, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
    }
}

/// A size in bytes as people write it: `256MiB`, `2GB`, `512M`; K, M, G and T alone are powers of
/// 1024, as for Slurm.
///
/// - Returns: nil for whatever else; a bare number too.
func byteCount(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    let scales: [String: Double] = [
        "K": 0x1p10, "KiB": 0x1p10, "KB": 1e3, "kB": 1e3, "M": 0x1p20, "MiB": 0x1p20, "MB": 1e6,
        "G": 0x1p30, "GiB": 0x1p30, "GB": 1e9, "T": 0x1p40, "TiB": 0x1p40, "TB": 1e12,
    ]
    guard let number = Double(digits), let scale = scales[String(unit)] else { return nil }
    return Int(exactly: (number * scale).rounded())
}
