import NumericCore

/// Measures a network between steps: what is logged besides the loss of a batch.
struct SIMProbe {
    private let extras: SIMConfiguration.Extras
    private let task: SIMTask
    private var nodes: Nodes?
    private var output: [Float]

    init(_ configuration: SIMConfiguration, task: SIMTask, kernels: Kernels) {
        extras = configuration.extras
        self.task = task
        nodes =
            configuration.extras.nodes
            ? Nodes(signal: configuration.signal, axes: task.axes, kernels: kernels) : nil
        output = Array(repeating: 0, count: configuration.dimension)
    }

    /// Whether a point needs more than the output at the OOD point.
    var needsNetwork: Bool { extras.fullLoss || extras.nodes || extras.jacobian }

    /// - Parameters:
    ///   - trainLoss: The loss of the step's batch.
    ///   - output: The output at the OOD point; nil if the network has to be asked.
    ///   - pause: As in `SIMTraining.step`.
    /// - Returns: A value a curve, in the order of `SIMConfiguration.curveNames`.
    mutating func point(
        _ training: SIMTraining, trainLoss: Double, output: [Float]?,
        pause: (Int) throws -> Void
    ) rethrows -> [Double] {
        let network = training.network
        var point = [trainLoss]
        if extras.fullLoss { point.append(try training.fullLoss(pause: pause)) }
        let (outputs, loss) = output.map(ood) ?? ood(network)
        point.append(loss)
        point += outputs
        if let losses = nodes?.losses(of: network) { point += losses }
        if extras.jacobian {
            point += Jacobian.entries(of: network, at: task.probe, axes: task.axes)
        }
        return point
    }

    /// Where the OOD point goes: the output in concept coordinates, and its loss ½‖f(x̂) − x̂‖².
    mutating func ood(_ network: Network) -> (outputs: [Double], loss: Double) {
        network.evaluate(task.probe, row: 0, into: &output)
        return ood(output)
    }

    private func ood(_ output: [Float]) -> (outputs: [Double], loss: Double) {
        let axes = task.axes
        var loss = 0.0
        for j in output.indices {
            let error = Double(output[j]) - Double(task.probe[0, j])
            loss += error * error
        }
        let outputs = (0..<axes.rows).map { k in
            var sum = 0.0
            for j in output.indices { sum += Double(output[j]) * Double(axes[k, j]) }
            return sum
        }
        return (outputs, loss / 2)
    }
}
