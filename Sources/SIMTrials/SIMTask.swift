import NumericCore

/// The points of a SIM trial: clusters of inputs, and the OOD point.
struct SIMTask {
    /// Shape `[n, d]`, in the order of training.
    let points: PanelMatrix
    /// The OOD point x̂, with all concepts at once, shape `[1, d]`.
    let probe: PanelMatrix
    /// The direction of each concept, shape `[s, d]`.
    let axes: PanelMatrix
    /// How many draws a truncated task has rejected.
    let rejectedCount: Int

    /// - Parameters:
    ///   - points: Shape `[n, d]`.
    ///   - probe: Shape `[1, d]`.
    ///   - axes: Shape `[s, d]`, orthonormal rows.
    init(points: PanelMatrix, probe: PanelMatrix, axes: PanelMatrix, rejectedCount: Int = 0) {
        self.points = points
        self.probe = probe
        self.axes = axes
        self.rejectedCount = rejectedCount
    }

    /// Draws the points as the authors do: Gaussian clusters at μ_k e_k, the last one at the origin
    /// where there is one, shuffled once and turned into `d` dimensions.
    ///
    /// - SeeAlso: arXiv:2410.08309, section 2.1.
    init(_ configuration: SIMConfiguration, seed: UInt64, threads: Int, kernels: Kernels) {
        let (count, concepts) = (configuration.pointCount, configuration.conceptCount)
        let drawing = PointDrawing(configuration, seed: seed, kernels: kernels)
        let noise = drawing.noise(threads: threads)
        let rows = RandomStream(seed: seed, .shuffle, kernels: kernels).permutation(count: count)
        let coordinates = PanelMatrix(rows: count, columns: concepts)
        var rejectedCount = 0
        var point = Array(repeating: 0.0, count: concepts)
        for i in 0..<count {
            drawing.place(i, noise: noise[i * concepts..<(i + 1) * concepts], in: &point)
            var attempt = 0
            while drawing.rejects(point) {
                attempt += 1
                drawing.place(i, noise: drawing.noise(of: i, attempt: attempt), in: &point)
            }
            rejectedCount += attempt
            for k in 0..<concepts { coordinates[rows[i], k] = Float(point[k]) }
        }
        let centre = PanelMatrix(rows: 1, columns: concepts)
        for k in 0..<concepts { centre[0, k] = Float(configuration.signal[k]) }

        let axes = Self.axes(configuration, seed: seed, kernels: kernels)
        let points = PanelMatrix(rows: count, columns: configuration.dimension)
        points.setProduct(coordinates, axes, threads: threads, kernels: kernels)
        let probe = PanelMatrix(rows: 1, columns: configuration.dimension)
        probe.setProduct(centre, axes, threads: 1, kernels: kernels)
        self.init(points: points, probe: probe, axes: axes, rejectedCount: rejectedCount)
    }

    private static func axes(
        _ configuration: SIMConfiguration, seed: UInt64, kernels: Kernels
    ) -> PanelMatrix {
        let (concepts, dimension) = (configuration.conceptCount, configuration.dimension)
        guard configuration.isRotated else { return unitAxes(concepts, dimension) }
        let axes = PanelMatrix(rows: concepts, columns: dimension)
        let stream = RandomStream(seed: seed, .rotation, kernels: kernels)
        for (k, axis) in orthonormalRows(concepts, dimension, from: stream).enumerated() {
            for j in 0..<dimension { axes[k, j] = Float(axis[j]) }
        }
        return axes
    }

    /// The first coordinates.
    static func unitAxes(_ concepts: Int, _ dimension: Int) -> PanelMatrix {
        let axes = PanelMatrix(rows: concepts, columns: dimension)
        for k in 0..<concepts { axes[k, k] = 1 }
        return axes
    }

    /// Orthonormal rows of Haar's distribution: Gram and Schmidt's on Gaussian rows, twice over.
    private static func orthonormalRows(
        _ count: Int, _ dimension: Int, from stream: RandomStream
    ) -> [[Double]] {
        // A row that vanishes, which happens to one in 10⁷ in one dimension, is passed over.
        let spare = 8
        let draws = stream.normal(count: (count + spare) * dimension).map(Double.init)
        var rows: [[Double]] = []
        for start in stride(from: 0, to: draws.count, by: dimension) where rows.count < count {
            var row = Array(draws[start..<start + dimension])
            for _ in 0..<2 {
                for other in rows {
                    let projection = dot(row, other)
                    for j in 0..<dimension { row[j] -= projection * other[j] }
                }
            }
            let length = dot(row, row).squareRoot()
            if length > 1e-9 { rows.append(row.map { $0 / length }) }
        }
        precondition(rows.count == count, "\(rows.count) of \(count) rows")
        return rows
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for j in a.indices { sum += a[j] * b[j] }
        return sum
    }
}
