import CVec

/// A matrix of floats in the kernels' layout: panels of 16 columns, padded with zeros.
public final class PanelMatrix {
    public let rows: Int
    public let columns: Int
    private let arena: Arena
    private let base: UnsafeMutablePointer<Float>
    private let stride: Int

    /// Rows that a kernel's last tile may reach beyond the matrix.
    static let rowMargin = 24

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        precondition(rows > 0 && columns > 0, "\(rows) rows, \(columns) columns")
        self.rows = rows
        self.columns = columns
        let count = Self.floatCount(rows: rows, columns: columns)
        arena = Arena(floatCount: count)
        base = arena.floats(count)
        stride = (rows + Self.rowMargin) * 16
    }

    /// - Parameter values: Row by row, `rows` of them.
    public convenience init(_ values: [Float], rows: Int) {
        precondition(rows > 0 && values.count % rows == 0, "\(values.count) values, \(rows) rows")
        let columns = values.count / rows
        self.init(rows: rows, columns: columns)
        for row in 0..<rows {
            for column in 0..<columns { self[row, column] = values[row * columns + column] }
        }
    }

    /// How many floats a matrix occupies.
    public static func floatCount(rows: Int, columns: Int) -> Int {
        padded(columns) * (rows + rowMargin)
    }

    public subscript(row: Int, column: Int) -> Float {
        get { base[index(row, column)] }
        set { base[index(row, column)] = newValue }
    }

    private func index(_ row: Int, _ column: Int) -> Int {
        precondition(
            row >= 0 && row < rows && column >= 0 && column < columns,
            "[\(row), \(column)] of [\(rows), \(columns)]")
        return column / 16 * stride + row * 16 + column % 16
    }

    /// The matrix from row `row` on.
    func panels(from row: Int = 0) -> Panels {
        Panels(base: base + row * 16, stride: stride, columns: columns)
    }

    /// `self = input · weight`, in blocks of rows on up to `threads` threads.
    ///
    /// - Parameters:
    ///   - input: Shape `[rows, in]`.
    ///   - weight: Shape `[in, columns]`.
    public func setProduct(
        _ input: PanelMatrix, _ weight: PanelMatrix, threads: Int, kernels: Kernels
    ) {
        precondition(
            input.rows == rows && input.columns == weight.rows && weight.columns == columns,
            "[\(input.rows), \(input.columns)] · [\(weight.rows), \(weight.columns)]")
        let zeros = Arena(floatCount: padded(columns))
        let bias = UnsafePointer(zeros.floats(columns))
        // Whole tiles of either level: no block writes into the next one's rows.
        forEachBlock(of: rows, size: 64 * Self.rowMargin, threads: threads) { block in
            kernels.forward(
                block.count, input.panels(from: block.lowerBound), weight.panels(), bias, false,
                panels(from: block.lowerBound))
        }
        withExtendedLifetime(zeros) {}
    }
}
