import NumericCore

/// Draws the points of a task in concept coordinates, each from numbers of its own: what one point
/// is does not depend on whether another was rejected, so that a truncated task and the whole one
/// of the same seed share all points but those.
struct PointDrawing {
    private let configuration: SIMConfiguration
    private let deviation: [Double]
    private let squaredRadius: Double
    private let seed: UInt64
    private let kernels: Kernels

    init(_ configuration: SIMConfiguration, seed: UInt64, kernels: Kernels) {
        self.configuration = configuration
        deviation = configuration.deviation
        let radius = configuration.truncationRadius ?? 0
        squaredRadius = radius * radius
        self.seed = seed
        self.kernels = kernels
    }

    /// Standard normal numbers for the first attempt, one a concept for each point.
    func noise(threads: Int) -> [Float] {
        RandomStream(seed: seed, .data, kernels: kernels).normal(
            count: configuration.pointCount * configuration.conceptCount, threads: threads)
    }

    /// Standard normal numbers for point `i`, drawn anew for the `attempt`-th time.
    ///
    /// This ends: seen from a cluster's centre, which is further away than the radius, the half
    /// space that faces away from the OOD point is accepted, and so at least every second draw.
    func noise(of i: Int, attempt: Int) -> ArraySlice<Float> {
        precondition(attempt < 1000, "point \(i) was rejected \(attempt) times")
        let blocks = (deviation.count + 3) / 4
        return RandomStream(seed: seed, .redraw(attempt: attempt), kernels: kernels)
            .normal(firstBlock: UInt64(i * blocks), count: deviation.count)[...]
    }

    /// Leaves point `i`, in the order of clusters, in `point`.
    func place(_ i: Int, noise: ArraySlice<Float>, in point: inout [Double]) {
        let cluster = i / configuration.samples
        for k in point.indices {
            let centre = cluster == k ? configuration.signal[k] : 0
            point[k] = centre + deviation[k] * Double(noise[noise.startIndex + k])
        }
    }

    /// Whether a point is too near to the OOD point.
    func rejects(_ point: [Double]) -> Bool {
        guard squaredRadius > 0 else { return false }
        var square = 0.0
        for (value, target) in zip(point, configuration.signal) {
            square += (value - target) * (value - target)
        }
        return square < squaredRadius
    }
}
