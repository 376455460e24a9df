import ArgumentParser

/// A length of time on the command line: `90s`, `15m`, `2h`, or as Slurm writes it: `10:00` is ten
/// minutes, `4:00:00` four hours, `1-00:00:00` a day.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let seconds = Self.seconds(argument), seconds <= 10_000_000 else { return nil }
        duration = .milliseconds(Int64((seconds * 1000).rounded()))
    }

    private static func seconds(_ text: String) -> Double? {
        let units: [(String, Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
        ]
        for (suffix, scale) in units where text.hasSuffix(suffix) {
            guard let number = Double(text.dropLast(suffix.count)) else { continue }
            return number >= 0 && number.isFinite ? number * scale : nil
        }
        return slurmSeconds(text)
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
