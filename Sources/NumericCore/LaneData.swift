import CVec

/// The points of up to 16 trials, a trial in each lane of a vector.
public final class LaneData {
    public let rows: Int
    public let columns: Int
    private let arena: Arena
    private let base: UnsafeMutablePointer<Float>

    /// - Parameter matrices: 1 to 16 of one shape, one a lane.
    public init(_ matrices: [PanelMatrix]) {
        precondition(
            (1...LaneNetwork.laneCount).contains(matrices.count), "\(matrices.count) matrices")
        (rows, columns) = (matrices[0].rows, matrices[0].columns)
        let count = Self.floatCount(rows: rows, columns: columns)
        arena = Arena(floatCount: count)
        base = arena.floats(count)
        for (lane, matrix) in matrices.enumerated() {
            precondition(
                matrix.rows == rows && matrix.columns == columns, "matrices of several shapes")
            for row in 0..<rows {
                for column in 0..<columns {
                    base[(row * columns + column) * 16 + lane] = matrix[row, column]
                }
            }
        }
    }

    /// How many floats the data occupy.
    public static func floatCount(rows: Int, columns: Int) -> Int { 16 * rows * columns }

    /// The points from row `row` on.
    func matrix(from row: Int) -> LaneMatrix {
        LaneMatrix(
            base: base + 16 * row * columns, row_stride: 16 * columns, column_stride: 16)
    }
}
