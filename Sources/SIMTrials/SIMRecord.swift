import Sweeps

/// What a SIM trial has measured so far.
struct SIMRecord {
    private let names: [String]
    private var steps: [UInt32] = []
    /// A curve each.
    private var values: [[Double]]

    /// - Parameter capacity: How many points there will be.
    init(names: [String], capacity: Int) {
        self.names = names
        values = Array(repeating: [], count: names.count)
        steps.reserveCapacity(capacity)
        for index in values.indices { values[index].reserveCapacity(capacity) }
    }

    /// Adds a point.
    ///
    /// - Parameter point: A value a curve.
    /// - Returns: Whether all of it is finite; if not, nothing is added.
    mutating func add(step: Int, _ point: [Double]) -> Bool {
        precondition(point.count == names.count, "\(point.count) values, \(names.count) curves")
        guard point.allSatisfy(\.isFinite) else { return false }
        steps.append(UInt32(step))
        for (index, value) in point.enumerated() { values[index].append(value) }
        return true
    }

    /// The newest value of each curve.
    var newest: [Scalar] {
        zip(names, values).map { Scalar(name: $0, value: $1.last) }
    }

    var curves: [Curve] {
        zip(names, values).map { Curve(name: $0, steps: steps, values: $1) }
    }
}

extension SIMConfiguration {
    /// The curves of a trial, in the order of its results.
    var curveNames: [String] {
        let concepts = 1...conceptCount
        return ["train_loss"] + (extras.fullLoss ? ["train_loss/full"] : []) + ["ood_loss"]
            + concepts.map { "output/\($0)" }
            + (extras.nodes ? Nodes.names(conceptCount: conceptCount) : [])
            + (extras.jacobian ? concepts.flatMap { i in concepts.map { "w/\(i)/\($0)" } } : [])
    }

    /// The scalars of a trial, in the order of its results.
    var scalarMetrics: [Metric] {
        (1...conceptCount).map { Metric("learning_time/\($0)", .eventStep) }
            + (conceptCount == 2 ? [Metric("bend", .scalar)] : [])
            + [Metric("terminal_rate", .scalar)]
            + (truncationRadius == nil ? [] : [Metric("rejected_points", .scalar)])
    }
}
