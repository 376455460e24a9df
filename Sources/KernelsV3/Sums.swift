public import CVec

/// The sum of the squares of a matrix.
///
/// Row `r` of each panel goes to chain `r % 4` of 16 lanes each, which a fixed tree adds up: the
/// order depends on the shape alone.
@inline(never)
public func squaredSum(rows: Int, _ matrix: Panels) -> Double {
    var chains = InlineArray<4, Vector>(repeating: Vector(repeating: 0))
    for p in 0..<matrix.count {
        let panel = matrix.panel(p)
        var row = 0
        while row + 4 <= rows {
            for i in 0..<4 {
                let values = load(panel + (row + i) * lanes)
                chains[i].accumulate(values, values)
            }
            row += 4
        }
        for i in 0..<(rows - row) {
            let values = load(panel + (row + i) * lanes)
            chains[i].accumulate(values, values)
        }
    }
    let sums = (chains[0] + chains[1]) + (chains[2] + chains[3])
    let eight = sums.lowHalf + sums.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return Double(two.x + two.y)
}
