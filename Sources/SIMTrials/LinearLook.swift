import NumericCore

/// Looks at linear layers in lanes: their losses, and where their OOD points go, all at once.
struct LinearLook {
    private let layers: LinearLanes
    private let moments: LaneMoments
    private let probes: LaneData
    /// Shape `[d, 16]`.
    private var outputs: [Float]
    private var errors = [Double](repeating: 0, count: LinearLanes.laneCount)

    /// - Parameter trainings: Those of the layers, by lane.
    init(_ layers: LinearLanes, _ trainings: [SIMTraining]) {
        self.layers = layers
        moments = LaneMoments(trainings.compactMap(\.moments), columns: layers.dimension)
        probes = LaneData(trainings.map(\.task.probe))
        outputs = Array(repeating: 0, count: LinearLanes.laneCount * layers.dimension)
    }

    /// Measures the squared errors of all layers as they are now.
    mutating func measureErrors() { layers.squaredErrors(moments, into: &errors) }

    /// Σ ‖f(x) − x‖² of a lane over all points, when it was last measured.
    func error(lane: Int) -> Double { errors[lane] }

    /// Takes the outputs at the OOD points of all layers as they are now.
    mutating func takeOutputs() { layers.evaluate(probes, row: 0, into: &outputs) }

    /// The output of a lane, when it was last taken.
    func output(lane: Int) -> [Float] {
        (0..<layers.dimension).map { outputs[$0 * LinearLanes.laneCount + lane] }
    }
}
