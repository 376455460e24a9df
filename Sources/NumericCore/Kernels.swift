import CVec
import KernelsV3
import KernelsV4

/// The kernels of one CPU level, as a table of functions: chosen once, the same bits at any level.
///
/// The functions check nothing; `Network`, `PanelMatrix` and `RandomStream` check before they call.
public struct Kernels: Sendable {
    public let level: KernelLevel
    /// Those for networks on images.
    let images: ImageKernels

    let forward:
        @Sendable (
            _ rows: Int, _ input: Panels, _ weight: Panels, _ bias: UnsafePointer<Float>,
            _ rectified: Bool, _ output: Panels
        ) -> Void
    let residual:
        @Sendable (
            _ rows: Int, _ input: Panels, _ weight: Panels, _ bias: UnsafePointer<Float>,
            _ target: Panels, _ output: Panels
        ) -> Void
    let backward:
        @Sendable (
            _ rows: Int, _ gradient: Panels, _ transposed: Panels, _ activation: Panels,
            _ rectified: Bool, _ output: Panels
        ) -> Void
    let update:
        @Sendable (
            _ rows: Int, _ input: Panels, _ gradient: Panels, _ rate: Float, _ weight: Panels,
            _ bias: UnsafeMutablePointer<Float>?
        ) -> Void
    let accumulate:
        @Sendable (
            _ rows: Int, _ input: Panels, _ gradient: Panels, _ weightSums: Panels,
            _ biasSums: UnsafeMutablePointer<Float>?
        ) -> Void
    let apply:
        @Sendable (
            _ count: Int, _ rate: Float, _ sums: UnsafeMutablePointer<Float>,
            _ values: UnsafeMutablePointer<Float>
        ) -> Void
    let descend:
        @Sendable (
            _ count: Int, _ rate: Float, _ scale: Float, _ decay: Float, _ momentum: Float,
            _ sums: UnsafeMutablePointer<Float>, _ velocity: UnsafeMutablePointer<Float>,
            _ values: UnsafeMutablePointer<Float>
        ) -> Void
    let adapt:
        @Sendable (
            _ count: Int, _ rate: Float, _ scale: Float, _ decay: Float, _ shrink: Float,
            _ keep1: Float, _ take1: Float, _ keep2: Float, _ take2: Float,
            _ correction: Float, _ epsilon: Float,
            _ sums: UnsafeMutablePointer<Float>, _ means: UnsafeMutablePointer<Float>,
            _ values: UnsafeMutablePointer<Float>
        ) -> Void
    let transpose: @Sendable (_ rows: Int, _ input: Panels, _ output: Panels) -> Void
    let squaredSum: @Sendable (_ rows: Int, _ matrix: Panels) -> Double
    let fillWords:
        @Sendable (
            _ seed: UInt64, _ stream: UInt64, _ firstBlock: UInt64, _ blockCount: Int,
            _ output: UnsafeMutablePointer<UInt32>
        ) -> Void
    let fillUniform:
        @Sendable (
            _ seed: UInt64, _ stream: UInt64, _ count: Int, _ scale: Float,
            _ output: UnsafeMutablePointer<Float>
        ) -> Void
    let fillNormal:
        @Sendable (
            _ seed: UInt64, _ stream: UInt64, _ firstBlock: UInt64, _ count: Int,
            _ output: UnsafeMutablePointer<Float>
        ) -> Void
    let sumProducts:
        @Sendable (_ rows: Int, _ matrix: Panels, _ output: UnsafeMutablePointer<Double>) -> Void
    let multiplyAddRounds: @Sendable (_ count: Int, _ chains: UnsafeMutablePointer<Float>) -> Int
    let forwardLanes:
        @Sendable (
            _ rows: Int, _ inputs: Int, _ outputs: Int, _ input: LaneMatrix, _ weight: LaneMatrix,
            _ bias: UnsafeMutablePointer<Float>, _ rectified: Bool, _ output: LaneMatrix
        ) -> Void
    let residualLanes:
        @Sendable (
            _ rows: Int, _ inputs: Int, _ outputs: Int, _ input: LaneMatrix, _ weight: LaneMatrix,
            _ bias: UnsafeMutablePointer<Float>, _ target: LaneMatrix, _ output: LaneMatrix
        ) -> Void
    let backwardLanes:
        @Sendable (
            _ rows: Int, _ inputs: Int, _ outputs: Int, _ gradient: LaneMatrix,
            _ weight: LaneMatrix, _ activation: LaneMatrix, _ rectified: Bool, _ output: LaneMatrix
        ) -> Void
    let descendLanes:
        @Sendable (
            _ rows: Int, _ inputs: Int, _ outputs: Int, _ input: LaneMatrix,
            _ gradient: LaneMatrix, _ isFirst: Bool, _ rate: UnsafePointer<Float>?,
            _ sums: LaneMatrix, _ weight: LaneMatrix, _ biasSums: UnsafeMutablePointer<Float>,
            _ bias: UnsafeMutablePointer<Float>?
        ) -> Void
    let descendLinearLanes:
        @Sendable (
            _ steps: Int, _ rows: Int, _ columns: Int, _ moments: LaneMatrix,
            _ rate: UnsafePointer<Float>, _ state: LaneMatrix, _ other: LaneMatrix
        ) -> Void
    let addSquaresLanes:
        @Sendable (
            _ rows: Int, _ columns: Int, _ matrix: LaneMatrix,
            _ chains: UnsafeMutablePointer<Float>
        ) -> Void
    let endSquaresLanes:
        @Sendable (
            _ chains: UnsafeMutablePointer<Float>, _ output: UnsafeMutablePointer<Double>
        ) -> Void
    let startFlow: @Sendable (_ flow: FlowLanes) -> Void
    let euler: @Sendable (_ flow: FlowLanes, _ steps: Int) -> Void
    let rungeKutta: @Sendable (_ flow: FlowLanes, _ steps: Int) -> Void
    let descent: @Sendable (_ flow: FlowLanes, _ steps: Int) -> Void

    /// The kernels of `level`.
    ///
    /// - Throws: `KernelError.unsupported`, where this CPU cannot run them.
    public init(_ level: KernelLevel) throws(KernelError) {
        guard level.isSupported else { throw .unsupported(level) }
        self.level = level
        images = ImageKernels(level)
        switch level {
        case .v3:
            forward = KernelsV3.forward
            residual = KernelsV3.residual
            backward = KernelsV3.backward
            update = KernelsV3.update
            accumulate = KernelsV3.accumulate
            apply = KernelsV3.apply
            descend = KernelsV3.descend
            adapt = KernelsV3.adapt
            transpose = KernelsV3.transpose
            squaredSum = KernelsV3.squaredSum
            fillWords = KernelsV3.fillWords
            fillUniform = KernelsV3.fillUniform
            fillNormal = KernelsV3.fillNormal
            sumProducts = KernelsV3.sumProducts
            multiplyAddRounds = KernelsV3.multiplyAddRounds
            forwardLanes = KernelsV3.forwardLanes
            residualLanes = KernelsV3.residualLanes
            backwardLanes = KernelsV3.backwardLanes
            descendLanes = KernelsV3.descendLanes
            descendLinearLanes = KernelsV3.descendLinearLanes
            addSquaresLanes = KernelsV3.addSquaresLanes
            endSquaresLanes = KernelsV3.endSquaresLanes
            startFlow = KernelsV3.startFlow
            euler = KernelsV3.euler
            rungeKutta = KernelsV3.rungeKutta
            descent = KernelsV3.descent
        case .v4:
            forward = KernelsV4.forward
            residual = KernelsV4.residual
            backward = KernelsV4.backward
            update = KernelsV4.update
            accumulate = KernelsV4.accumulate
            apply = KernelsV4.apply
            descend = KernelsV4.descend
            adapt = KernelsV4.adapt
            transpose = KernelsV4.transpose
            squaredSum = KernelsV4.squaredSum
            fillWords = KernelsV4.fillWords
            fillUniform = KernelsV4.fillUniform
            fillNormal = KernelsV4.fillNormal
            sumProducts = KernelsV4.sumProducts
            multiplyAddRounds = KernelsV4.multiplyAddRounds
            forwardLanes = KernelsV4.forwardLanes
            residualLanes = KernelsV4.residualLanes
            backwardLanes = KernelsV4.backwardLanes
            descendLanes = KernelsV4.descendLanes
            descendLinearLanes = KernelsV4.descendLinearLanes
            addSquaresLanes = KernelsV4.addSquaresLanes
            endSquaresLanes = KernelsV4.endSquaresLanes
            startFlow = KernelsV4.startFlow
            euler = KernelsV4.euler
            rungeKutta = KernelsV4.rungeKutta
            descent = KernelsV4.descent
        }
    }
}
