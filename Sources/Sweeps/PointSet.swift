/// Which points of a grid have been seen, told apart by the number of their completed part and by
/// the values of what takes no part in completing: a bit a point, since there may be millions.
struct PointSet {
    /// A dimension that takes no part, with a digit for each of its rows: the same for rows that
    /// mean the same, not applying among them.
    private struct Digits {
        let place: Int
        let weight: Int
        /// From that of not applying on.
        let ofRow: [Int32]
    }

    private let digits: [Digits]
    /// How many points a completed part can have.
    private let width: Int
    private var placeOfPart: [Int: Int] = [:]
    private var bits: [UInt64] = []
    /// What would be too far out for a bit.
    private var beyond: Set<Int> = []
    /// 32 MiB of bits.
    private static let bitLimit = 1 << 28

    /// - Returns: nil where rows do not tell points apart.
    init?(_ builder: GridBuilder, _ coupled: CoupledDimensions) {
        guard case .grid = builder.order else { return nil }
        let places = coupled.dimensions.filter { !coupled.completed.contains($0) }
        let keys = places.flatMap { builder.dimensions[$0].axis.keys }
        guard Set(keys).count == keys.count else { return nil }
        let parameters = Dictionary(builder.kind.parameters.map { ($0.name, $0) }) { first, _ in
            first
        }
        var digits: [Digits] = []
        var width = 1
        for place in places {
            let axis = builder.dimensions[place].axis
            let without = axis.keys.map { builder.fixed[$0] ?? parameters[$0]?.defaultValue }
            var digitOfValues: [[Value?]: Int32] = [:]
            let ofRow = ([without] + axis.rows.map { $0.map(Optional.some) }).map {
                values -> Int32 in
                let digit = digitOfValues[values] ?? Int32(digitOfValues.count)
                digitOfValues[values] = digit
                return digit
            }
            digits.append(Digits(place: place, weight: width, ofRow: ofRow))
            width *= digitOfValues.count
            // So that the number of a point of 10⁷ parts stays in range.
            guard width <= 1 << 38 else { return nil }
        }
        self.digits = digits
        self.width = width
    }

    /// - Parameter part: The number of the point's completed part.
    /// - Returns: Whether it was not there.
    mutating func insert(_ rows: [Int32], part: Int) -> Bool {
        let place = placeOfPart[part] ?? placeOfPart.count
        if place == placeOfPart.count { placeOfPart[part] = place }
        var bit = place * width
        for digit in digits {
            bit += Int(digit.ofRow[Int(rows[digit.place]) + 1]) * digit.weight
        }
        guard bit < Self.bitLimit else { return beyond.insert(bit).inserted }
        let (word, mask) = (bit >> 6, UInt64(1) << UInt64(bit & 63))
        if word >= bits.count {
            bits.append(contentsOf: repeatElement(0, count: word + 1 - bits.count))
        }
        guard bits[word] & mask == 0 else { return false }
        bits[word] |= mask
        return true
    }
}
