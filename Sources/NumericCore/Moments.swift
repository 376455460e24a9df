import CVec

/// A few points that stand for many: their sums of products are those of all points, up to rounding.
///
/// A linear network's gradient over all points, and its squared error, depend on those sums alone, so
/// that a step on these points costs O(d³) at most, however many points there are. Where a network
/// has biases, the points are taken about their mean, which is one more point of their weight.
public final class Moments {
    /// At most as many as there are columns; nil where all points are one and the same.
    let spread: PanelMatrix?
    /// Shape `[1, d]`; nil where there are no biases.
    let mean: PanelMatrix?
    /// How many points these stand for.
    let count: Int

    /// - Parameters:
    ///   - points: Shape `[n, d]`.
    ///   - hasBias: Whether the networks to be trained have biases.
    public init(of points: PanelMatrix, hasBias: Bool, kernels: Kernels) {
        count = points.rows
        let columns = points.columns
        var sums = points.sumsOfProducts(kernels)
        // What rounding leaves of a direction in which the points do not vary is below this.
        let threshold = 1e-13 * (0..<columns).reduce(0) { max($0, sums[$1][$1]) }
        if hasBias {
            let means = points.means()
            let mean = PanelMatrix(rows: 1, columns: columns)
            for j in 0..<columns { mean[0, j] = Float(means[j]) }
            self.mean = mean
            for i in 0..<columns {
                for j in 0..<columns { sums[i][j] -= Double(count) * means[i] * means[j] }
            }
        } else {
            mean = nil
        }
        let rows = Self.factor(sums, threshold: threshold)
        spread =
            rows.isEmpty ? nil : PanelMatrix(rows.flatMap { $0.map(Float.init) }, rows: rows.count)
    }

    /// How many points stand for all.
    public var rowCount: Int { (spread?.rows ?? 0) + (mean == nil ? 0 : 1) }

    /// Rows `R` with `RᵀR = matrix`, by Cholesky's method with the largest pivot first.
    ///
    /// - Parameter threshold: Smaller pivots count as 0.
    private static func factor(_ matrix: [[Double]], threshold: Double) -> [[Double]] {
        var rest = matrix
        var rows: [[Double]] = []
        for _ in rest.indices {
            var pivot = 0
            for i in rest.indices where rest[i][i] > rest[pivot][pivot] { pivot = i }
            guard rest[pivot][pivot] > threshold else { break }
            let root = rest[pivot][pivot].squareRoot()
            let row = rest[pivot].map { $0 / root }
            for i in rest.indices {
                for j in rest.indices { rest[i][j] -= row[i] * row[j] }
            }
            rows.append(row)
        }
        return rows
    }
}

extension PanelMatrix {
    /// Σ x xᵀ over the rows.
    func sumsOfProducts(_ kernels: Kernels) -> [[Double]] {
        let width = padded(columns)
        let sums = [Double](unsafeUninitializedCapacity: width * width) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            kernels.sumProducts(rows, panels(), base)
            count = width * width
        }
        return (0..<columns).map { Array(sums[$0 * width..<$0 * width + columns]) }
    }

    /// The mean of each column.
    func means() -> [Double] {
        (0..<columns).map { column in
            var sum = 0.0
            for row in 0..<rows { sum += Double(self[row, column]) }
            return sum / Double(rows)
        }
    }
}

extension Network {
    /// Adds the gradients over all points that `moments` stands for; the network is linear.
    ///
    /// - Returns: Σ ‖f(x) − x‖² over them.
    public func accumulate(_ moments: Moments) -> Double {
        precondition(!isRectified, "moments of a network that is not linear")
        var loss = 0.0
        if let spread = moments.spread {
            loss = sum(overBlocksOf: 0..<spread.rows) {
                accumulate(spread, rows: $0, weight: 1, hasBias: moments.mean == nil)
            }
        }
        if let mean = moments.mean {
            loss += accumulate(mean, rows: 0..<1, weight: Float(moments.count), hasBias: true)
        }
        return loss
    }

    /// Σ ‖f(x) − x‖² over all points that `moments` stands for; the network is linear.
    public func squaredError(_ moments: Moments) -> Double {
        precondition(!isRectified, "moments of a network that is not linear")
        var loss = 0.0
        if let spread = moments.spread {
            loss = sum(overBlocksOf: 0..<spread.rows) {
                propagate(spread, $0, hasBias: moments.mean == nil)
            }
        }
        if let mean = moments.mean { loss += Double(moments.count) * propagate(mean, 0..<1) }
        return loss
    }
}
