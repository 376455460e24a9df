import NumericCore
import Sweeps

extension SIMConfiguration {
    private static let byteLimit = 8 << 30
    private static let logLimit = 1 << 20
    /// A step is kept in 32 bits.
    private static let stepLimit = Int(UInt32.max)
    /// There are 2ˢ nodes.
    private static let nodeConceptLimit = 6

    /// - Throws: `ConfigurationError`, where concepts and space do not fit together.
    func checkTask() throws(ConfigurationError) {
        if conceptCount > dimension {
            throw ConfigurationError(
                "task.signal",
                "has \(conceptCount) concepts in \(dimension) dimensions; "
                    + "task.dimension must be at least \(conceptCount)")
        }
        if task == .truncated, dataFile == nil, conceptCount < 2 {
            throw ConfigurationError(
                "task.kind",
                "is truncated, which would reject the only cluster's own centre; "
                    + "task.signal must have at least 2 concepts")
        }
        if extras.nodes, conceptCount > Self.nodeConceptLimit {
            throw ConfigurationError(
                "measure.nodes",
                "would measure 2^\(conceptCount) nodes; "
                    + "it is for at most \(Self.nodeConceptLimit) concepts")
        }
    }

    /// - Throws: `ConfigurationError`, where the trial would not fit into memory.
    func checkSize() throws(ConfigurationError) {
        if case .epochs(let count) = duration, count > Self.stepLimit / stepsPerEpoch {
            throw ConfigurationError(
                "train.epochs",
                "leads to more steps than \(Self.stepLimit), the most there may be; train fewer")
        }
        let logPoints = log.countLimit(stepCount: stepCount, stepsPerEpoch: stepsPerEpoch)
        if logPoints > Self.logLimit {
            throw ConfigurationError(
                "log.every",
                "leads to \(logPoints) logged points with each epoch's end; at most "
                    + "\(Self.logLimit) are kept: log more rarely, or train fewer epochs")
        }
        let data =
            PanelMatrix.floatCount(rows: pointCount, columns: dimension)
            + PanelMatrix.floatCount(rows: pointCount, columns: conceptCount)
            + pointCount * (conceptCount + 4)
        let network = Network.floatCount(widths: widths, blockRows: SIMTraining.blockRows)
        let memory = isPlainDescent ? 0 : Optimizer.floatCount(rule, widths: widths)
        let curves = 2 * logPoints * curveNames.count
        let bytes = MemoryLayout<Float>.stride * (data + network + memory + curves)
        if bytes > Self.byteLimit {
            let needed = Int((Double(bytes) / 0x1p30).rounded(.up))
            throw ConfigurationError(
                "task.samples",
                "would need \(needed) GiB of memory, for which \(Self.byteLimit >> 30) GiB are the "
                    + "limit; take fewer, or fewer dimensions")
        }
    }
}
