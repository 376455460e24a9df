import NumericCore
import Sweeps

/// What a trial takes from safetensors files in place of drawing it.
struct SIMFiles {
    private let configuration: SIMConfiguration

    init(_ configuration: SIMConfiguration) {
        self.configuration = configuration
    }

    /// - Returns: nil where the configuration names no file.
    /// - Throws: `SafetensorsError`; `ConfigurationError`, where tensors do not fit.
    func parameters(_ context: TrialContext) throws -> [LinearParameters]? {
        guard let digest = configuration.initialFile else { return nil }
        var tensors = try TensorSet(
            key: "init.file", shapesFrom: "the model's keys", context.file(digest))
        let widths = configuration.widths
        let layers = try zip(widths, widths.dropFirst()).enumerated().map { index, width in
            LinearParameters(
                inputs: width.0, outputs: width.1,
                weight: try tensors.take("layers.\(index).weight", shape: [width.1, width.0]),
                bias: configuration.hasBias
                    ? try tensors.take("layers.\(index).bias", shape: [width.1]) : nil)
        }
        try tensors.expectNoMore()
        return layers
    }

    /// - Returns: nil where the configuration names no file.
    /// - Throws: `SafetensorsError`; `ConfigurationError`, where tensors do not fit.
    func task(_ context: TrialContext) throws -> SIMTask? {
        guard let digest = configuration.dataFile else { return nil }
        var tensors = try TensorSet(
            key: "data.file", shapesFrom: "task.samples, task.dimension and task.signal",
            context.file(digest))
        let (concepts, dimension) = (configuration.conceptCount, configuration.dimension)
        let points = try tensors.take("x", shape: [configuration.samples, dimension])
        let probe = try tensors.take("x_test", shape: [dimension])
        let axes =
            tensors.has("axes")
            ? matrix(try tensors.take("axes", shape: [concepts, dimension]), rows: concepts)
            : SIMTask.unitAxes(concepts, dimension)
        try tensors.expectNoMore()
        let task = SIMTask(
            points: matrix(points, rows: configuration.samples), probe: matrix(probe, rows: 1),
            axes: axes)
        try check(task)
        return task
    }

    private func matrix(_ values: [Float], rows: Int) -> PanelMatrix {
        let matrix = PanelMatrix(rows: rows, columns: configuration.dimension)
        for (index, value) in values.enumerated() {
            matrix[index / matrix.columns, index % matrix.columns] = value
        }
        return matrix
    }

    /// Axes are orthonormal, and the OOD point has the signals along them: the metrics rely on it.
    private func check(_ task: SIMTask) throws(ConfigurationError) {
        for i in 0..<task.axes.rows {
            for j in 0...i {
                let wanted = i == j ? 1.0 : 0
                guard abs(dot(task.axes, i, task.axes, j) - wanted) < 1e-3 else {
                    throw ConfigurationError(
                        "data.file",
                        "has 'axes' whose rows \(j + 1) and \(i + 1) are not orthonormal")
                }
            }
            let (found, wanted) = (dot(task.probe, 0, task.axes, i), configuration.signal[i])
            guard abs(found - wanted) <= 1e-3 * wanted else {
                throw ConfigurationError(
                    "data.file",
                    "has an 'x_test' that is \(Float(found)) along concept \(i + 1), where "
                        + "task.signal says \(wanted)")
            }
        }
    }

    private func dot(_ a: PanelMatrix, _ i: Int, _ b: PanelMatrix, _ j: Int) -> Double {
        (0..<a.columns).reduce(0) { $0 + Double(a[i, $1]) * Double(b[j, $1]) }
    }
}

/// The tensors of a file that a configuration names, each taken once.
private struct TensorSet {
    let key: String
    /// The keys that say which shapes there must be.
    let shapeSource: String
    private var tensors: [String: Tensor]

    init(key: String, shapesFrom source: String, _ bytes: [UInt8]) throws(SafetensorsError) {
        self.key = key
        shapeSource = source
        let read = try Safetensors.read(bytes)
        tensors = Dictionary(uniqueKeysWithValues: read.map { ($0.name, $0) })
    }

    func has(_ name: String) -> Bool { tensors[name] != nil }

    mutating func take(_ name: String, shape: [Int]) throws(ConfigurationError) -> [Float] {
        guard let tensor = tensors.removeValue(forKey: name) else {
            throw ConfigurationError(
                key, "has no tensor '\(name)'; \(shapeSource) ask for \(shape)")
        }
        guard tensor.shape == shape else {
            throw ConfigurationError(
                key,
                "has '\(name)' with shape \(tensor.shape); \(shapeSource) ask for \(shape)")
        }
        let values = tensor.floats
        guard values.allSatisfy(\.isFinite) else {
            throw ConfigurationError(key, "has '\(name)' with a value that is not finite")
        }
        return values
    }

    func expectNoMore() throws(ConfigurationError) {
        if let name = tensors.keys.min() {
            throw ConfigurationError(
                key, "has a tensor '\(name)' that the trial has no use for; leave it out")
        }
    }
}

extension SIMTask {
    /// As `data.file` takes them.
    var tensors: [Tensor] {
        [
            Tensor("x", shape: [points.rows, points.columns], .float(points.values)),
            Tensor("x_test", shape: [probe.columns], .float(probe.values)),
            Tensor("axes", shape: [axes.rows, axes.columns], .float(axes.values)),
        ]
    }
}

extension PanelMatrix {
    /// Row by row.
    fileprivate var values: [Float] {
        (0..<rows).flatMap { row in (0..<columns).map { self[row, $0] } }
    }
}
