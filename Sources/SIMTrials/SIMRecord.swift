import Sweeps

/// What a SIM trial has measured so far.
struct SIMRecord {
    private let names: [String]
    private var steps: [UInt32] = []
    /// A curve each.
    private var values: [[Double]]

    /// - Parameter capacity: How many points there will be.
    init(conceptCount: Int, capacity: Int) {
        names = Self.curveNames(conceptCount: conceptCount)
        values = Array(repeating: [], count: names.count)
        steps.reserveCapacity(capacity)
        for index in values.indices { values[index].reserveCapacity(capacity) }
    }

    static func curveNames(conceptCount: Int) -> [String] {
        ["train_loss", "ood_loss"] + (1...conceptCount).map { "output/\($0)" }
    }

    /// Adds a point.
    ///
    /// - Returns: Whether all of it is finite; if not, nothing is added.
    mutating func add(
        step: Int, trainLoss: Double, oodLoss: Double, outputs: [Double]
    ) -> Bool {
        let point = [trainLoss, oodLoss] + outputs
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
