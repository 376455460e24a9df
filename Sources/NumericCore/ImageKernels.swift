import CVec
import KernelsV3
import KernelsV4

/// The kernels of one CPU level for networks on images, as a table of functions. They check nothing:
/// the functions of `Kernels` that call them do.
struct ImageKernels: Sendable {
    typealias Floats = UnsafeMutablePointer<Float>
    typealias Constants = UnsafePointer<Float>

    let multiplyRows:
        @Sendable (
            _ rows: Int, _ depth: Int, _ columns: Int, _ a: RowView, _ b: RowView,
            _ start: Constants?, _ other: Constants?, _ otherStride: Int, _ output: RowView
        ) -> Void
    let addOuterProducts:
        @Sendable (
            _ rows: Int, _ depth: Int, _ columns: Int, _ a: RowView, _ b: RowView, _ sums: RowView
        ) -> Void
    let transposeRows:
        @Sendable (_ rows: Int, _ columns: Int, _ input: RowView, _ output: RowView) -> Void
    let addRows: @Sendable (_ rows: Int, _ columns: Int, _ matrix: RowView, _ sums: Floats) -> Void
    let addThree:
        @Sendable (
            _ rows: Int, _ columns: Int, _ first: RowView, _ second: RowView,
            _ start: Constants, _ output: RowView
        ) -> Void
    let approach:
        @Sendable (_ count: Int, _ share: Float, _ other: Constants, _ values: Floats) -> Void

    let convolve:
        @Sendable (
            _ input: ImageView, _ weight: Constants, _ start: Constants?, _ startStride: Int,
            _ other: Constants?, _ otherStride: Int, _ group: Int, _ scratch: Floats,
            _ output: ImageView
        ) -> Void
    let addConvolutionGradient:
        @Sendable (
            _ input: ImageView, _ gradient: ImageView, _ group: Int, _ scratch: Floats,
            _ sums: Floats
        ) -> Void
    let transformWeights:
        @Sendable (_ inputs: Int, _ outputs: Int, _ weight: Constants, _ products: Floats) -> Void

    let activate:
        @Sendable (_ code: Int, _ count: Int, _ input: Constants, _ output: Floats) -> Void
    let activateBack:
        @Sendable (_ code: Int, _ count: Int, _ input: Constants, _ gradient: Floats) -> Void
    let normalize:
        @Sendable (
            _ code: Int, _ groups: Int, _ epsilon: Float, _ input: ImageView, _ gain: Constants,
            _ shift: Constants, _ moments: Floats, _ output: ImageView
        ) -> Void
    let normalizeBack:
        @Sendable (
            _ code: Int, _ groups: Int, _ input: ImageView, _ gain: Constants, _ shift: Constants,
            _ moments: Constants, _ gradient: ImageView, _ adds: Bool,
            _ inputGradient: ImageView, _ gainSums: Floats, _ shiftSums: Floats
        ) -> Void
    let drop:
        @Sendable (
            _ seed: UInt64, _ stream: UInt64, _ firstBlock: UInt64, _ count: Int,
            _ threshold: UInt32, _ scale: Float, _ values: Floats
        ) -> Void

    let attend:
        @Sendable (
            _ heads: Int, _ width: Int, _ scale: Float, _ query: ImageView, _ key: ImageView,
            _ value: ImageView, _ scratch: Floats, _ output: ImageView
        ) -> Void
    let attendBack:
        @Sendable (
            _ heads: Int, _ width: Int, _ scale: Float, _ query: ImageView, _ key: ImageView,
            _ value: ImageView, _ gradient: ImageView, _ scratch: Floats,
            _ queryGradient: ImageView, _ keyGradient: ImageView, _ valueGradient: ImageView
        ) -> Void
    let gatherBlocks: @Sendable (_ images: ImageView, _ rows: RowView) -> Void
    let scatterBlocks:
        @Sendable (_ rows: RowView, _ start: Constants?, _ adds: Bool, _ images: ImageView) -> Void
    let sumPixels: @Sendable (_ images: ImageView, _ sums: RowView) -> Void
    let maximize: @Sendable (_ images: ImageView, _ places: RowView, _ output: RowView) -> Void
    let maximizeBack:
        @Sendable (_ gradient: RowView, _ places: RowView, _ images: ImageView) -> Void

    init(_ level: KernelLevel) {
        switch level {
        case .v3:
            multiplyRows = KernelsV3.multiplyRows
            addOuterProducts = KernelsV3.addOuterProducts
            transposeRows = KernelsV3.transposeRows
            addRows = KernelsV3.addRows
            addThree = KernelsV3.addThree
            approach = KernelsV3.approach
            convolve = KernelsV3.convolve
            addConvolutionGradient = KernelsV3.addConvolutionGradient
            transformWeights = KernelsV3.transformWeights
            activate = KernelsV3.activate
            activateBack = KernelsV3.activateBack
            normalize = KernelsV3.normalize
            normalizeBack = KernelsV3.normalizeBack
            drop = KernelsV3.drop
            attend = KernelsV3.attend
            attendBack = KernelsV3.attendBack
            gatherBlocks = KernelsV3.gatherBlocks
            scatterBlocks = KernelsV3.scatterBlocks
            sumPixels = KernelsV3.sumPixels
            maximize = KernelsV3.maximize
            maximizeBack = KernelsV3.maximizeBack
        case .v4:
            multiplyRows = KernelsV4.multiplyRows
            addOuterProducts = KernelsV4.addOuterProducts
            transposeRows = KernelsV4.transposeRows
            addRows = KernelsV4.addRows
            addThree = KernelsV4.addThree
            approach = KernelsV4.approach
            convolve = KernelsV4.convolve
            addConvolutionGradient = KernelsV4.addConvolutionGradient
            transformWeights = KernelsV4.transformWeights
            activate = KernelsV4.activate
            activateBack = KernelsV4.activateBack
            normalize = KernelsV4.normalize
            normalizeBack = KernelsV4.normalizeBack
            drop = KernelsV4.drop
            attend = KernelsV4.attend
            attendBack = KernelsV4.attendBack
            gatherBlocks = KernelsV4.gatherBlocks
            scatterBlocks = KernelsV4.scatterBlocks
            sumPixels = KernelsV4.sumPixels
            maximize = KernelsV4.maximize
            maximizeBack = KernelsV4.maximizeBack
        }
    }
}
