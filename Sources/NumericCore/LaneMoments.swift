import CVec

/// The points that stand for all points of up to 16 trials, a trial in each lane of a vector.
public final class LaneMoments {
    let columns: Int
    /// Rows of zeros where a trial has fewer than others, which add nothing; nil where none has any.
    let spread: LaneData?
    /// One row; nil where there are no biases.
    let mean: LaneData?
    /// How many points these stand for, one a lane.
    let counts: [Int]
    private let arena: Arena
    /// Room for what is computed from them: `f(x) − x`, chains of squares, a bias of zeros.
    let residuals: LaneMatrix
    let chains: UnsafeMutablePointer<Float>
    let zeros: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - moments: 1 to 16, one a lane, all with a mean or all without.
    ///   - columns: Of the points.
    public init(_ moments: [Moments], columns: Int) {
        precondition(
            (1...LaneNetwork.laneCount).contains(moments.count)
                && columns <= LaneNetwork.widthLimit,
            "\(moments.count) moments of \(columns) columns")
        self.columns = columns
        let means = moments.compactMap(\.mean)
        precondition(means.isEmpty || means.count == moments.count, "\(means.count) means")
        mean = means.isEmpty ? nil : LaneData(means)
        let rows = moments.map { $0.spread?.rows ?? 0 }.max() ?? 0
        spread =
            rows == 0
            ? nil
            : LaneData(
                moments.map { moments in
                    let matrix = PanelMatrix(rows: rows, columns: columns)
                    for row in 0..<(moments.spread?.rows ?? 0) {
                        for column in 0..<columns {
                            matrix[row, column] = moments.spread?[row, column] ?? 0
                        }
                    }
                    return matrix
                })
        let counts = moments.map(\.count)
        self.counts = counts + Array(repeating: 0, count: LaneNetwork.laneCount - counts.count)
        let sizes = (16 * max(rows, 1) * columns, 4 * 16 * 16, 16 * columns)
        arena = Arena(floatCount: sizes.0 + sizes.1 + sizes.2)
        residuals = LaneMatrix(
            base: arena.floats(sizes.0), row_stride: 16 * columns, column_stride: 16)
        chains = arena.floats(sizes.1)
        zeros = arena.floats(sizes.2)
    }
}
