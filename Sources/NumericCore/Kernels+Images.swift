import CVec

/// A convolution with 3 × 3 weights and a border of zeros, by Winograd's F(4 × 4, 3 × 3).
///
/// - SeeAlso: Lavin and Gray, arXiv:1509.09308.
public struct ConvolutionShape: Hashable, Sendable {
    /// Rows, and columns, of an image.
    public let size: Int
    /// Multiples of 16, like `outputs`.
    public let inputs: Int
    public let outputs: Int

    public init(size: Int, inputs: Int, outputs: Int) {
        precondition(
            size > 0 && inputs > 0 && outputs > 0 && inputs % 16 == 0 && outputs % 16 == 0,
            "\(size)² pixels, \(inputs) to \(outputs) channels")
        self.size = size
        self.inputs = inputs
        self.outputs = outputs
    }

    /// Floats of the weights, shape `[9, inputs, outputs]`.
    public var weightCount: Int { 9 * inputs * outputs }
    /// Floats of the weights as the kernels read them.
    public var factorCount: Int { 36 * inputs * outputs }

    /// How many images are taken at once, so that what they are transformed into stays in the second
    /// cache: by the shape alone, since it decides bits.
    var group: Int {
        let side = (size + 3) / 4
        return max(1, (inputs + outputs <= 128 ? 64 : 32) / (side * side))
    }

    public var scratchCount: Int {
        let side = (size + 3) / 4
        return 36 * (group * side * side * (inputs + outputs) + 32 + 1024)
    }

    /// The shape of the convolution that gradients go back by.
    var reversed: ConvolutionShape {
        ConvolutionShape(size: size, inputs: outputs, outputs: inputs)
    }
}

extension Kernels {
    /// `output = start + other + weight ∗ input`.
    ///
    /// - Parameters:
    ///   - factors: The weights as `prepare` leaves them.
    ///   - start: One row that is added to every pixel, or one for each image.
    ///   - other: Of the output's shape; it may be the output.
    public func convolve(
        _ input: ImageSpan, factors: FloatSpan, start: RowSpan? = nil, other: ImageSpan? = nil,
        scratch: FloatSpan, into output: ImageSpan
    ) {
        let shape = ConvolutionShape(
            size: input.size, inputs: input.channels, outputs: output.channels)
        precondition(
            input.count == output.count && input.size == output.size,
            "\(input.count) images of \(input.size)² into \(output.count) of \(output.size)²")
        expect(factors, shape.factorCount)
        precondition(scratch.count >= shape.scratchCount, "\(scratch.count) floats of scratch")
        if let start {
            expect(start, rows: start.rows == 1 ? 1 : input.count, columns: output.channels)
        }
        if let other { precondition(other.hasShape(of: output), "other images") }
        images.convolve(
            input.view, factors.base, start.map { UnsafePointer($0.view.base) },
            start?.rows == 1 ? 0 : start?.view.stride ?? 0,
            other.map { UnsafePointer($0.view.base) }, other?.view.stride ?? 0, shape.group,
            scratch.base, output.view)
    }

    /// Adds the gradient of the weights of a convolution, shape `[9, inputs, outputs]`.
    ///
    /// - Parameter gradient: Of the output.
    public func addConvolutionGradient(
        _ input: ImageSpan, gradient: ImageSpan, scratch: FloatSpan, to sums: FloatSpan
    ) {
        let shape = ConvolutionShape(
            size: input.size, inputs: input.channels, outputs: gradient.channels)
        precondition(
            input.count == gradient.count && input.size == gradient.size,
            "\(input.count) images of \(input.size)², \(gradient.count) of \(gradient.size)²")
        expect(sums, shape.weightCount)
        precondition(scratch.count >= shape.scratchCount, "\(scratch.count) floats of scratch")
        images.addConvolutionGradient(
            input.view, gradient.view, shape.group, scratch.base, sums.base)
    }

    /// Brings weights into the form in which `convolve` reads them.
    ///
    /// - Parameters:
    ///   - weight: Shape `[9, inputs, outputs]`.
    ///   - forward: Left: the factors of the convolution.
    ///   - backward: Left: those of the one that takes the output's gradient to the input's; nil
    ///     where nobody wants that.
    ///   - scratch: As many floats as there are weights.
    public func prepare(
        _ shape: ConvolutionShape, weight: FloatSpan, forward: FloatSpan, backward: FloatSpan?,
        scratch: FloatSpan
    ) {
        expect(weight, shape.weightCount)
        expect(forward, shape.factorCount)
        let (inputs, outputs) = (shape.inputs, shape.outputs)
        images.transformWeights(inputs, outputs, weight.base, forward.base)
        guard let backward else { return }
        expect(backward, shape.factorCount)
        precondition(scratch.count >= shape.weightCount, "\(scratch.count) floats of scratch")
        for tap in 0..<9 {
            let (from, to) = (tap * inputs * outputs, (8 - tap) * inputs * outputs)
            images.transposeRows(
                inputs, outputs, RowView(base: weight.base + from, stride: outputs),
                RowView(base: scratch.base + to, stride: inputs))
        }
        images.transformWeights(outputs, inputs, scratch.base, backward.base)
    }
}

extension Kernels {
    /// Normalises groups of neighbouring channels, image by image:
    /// `output = activation(gain · (input − mean) / √(variance + ε) + shift)`.
    ///
    /// - Parameters:
    ///   - moments: Left: what the way back needs, 2 · images · groups floats.
    ///   - output: It may not be the input, which the way back needs too.
    public func normalize(
        _ input: ImageSpan, groups: Int, epsilon: Float, gain: FloatSpan, shift: FloatSpan,
        activation: Activation, moments: FloatSpan, into output: ImageSpan
    ) {
        check(input, groups, gain, shift, moments)
        precondition(output.hasShape(of: input), "other images")
        images.normalize(
            activation.rawValue, groups, epsilon, input.view, gain.base, shift.base, moments.base,
            output.view)
    }

    /// The gradients of `normalize`.
    ///
    /// - Parameters:
    ///   - gradient: Of the output; left: that before the activation.
    ///   - adds: Whether the input's gradient is added to what is there.
    ///   - gainSums: What the gain's gradient is added to; `shiftSums` likewise.
    public func normalizeBack(
        _ input: ImageSpan, groups: Int, gain: FloatSpan, shift: FloatSpan,
        activation: Activation, moments: FloatSpan, gradient: ImageSpan, adds: Bool,
        into inputGradient: ImageSpan, gainSums: FloatSpan, shiftSums: FloatSpan
    ) {
        check(input, groups, gain, shift, moments)
        expect(gainSums, input.channels)
        expect(shiftSums, input.channels)
        precondition(
            gradient.hasShape(of: input) && inputGradient.hasShape(of: input), "other images")
        images.normalizeBack(
            activation.rawValue, groups, input.view, gain.base, shift.base, moments.base,
            gradient.view, adds, inputGradient.view, gainSums.base, shiftSums.base)
    }

    private func check(
        _ input: ImageSpan, _ groups: Int, _ gain: FloatSpan, _ shift: FloatSpan,
        _ moments: FloatSpan
    ) {
        precondition(
            groups > 0 && input.channels % groups == 0,
            "\(groups) groups of \(input.channels) channels")
        expect(gain, input.channels)
        expect(shift, input.channels)
        precondition(moments.count >= 2 * input.count * groups, "\(moments.count) moments")
    }

    /// Zeroes about `share` of the numbers and divides the rest by `1 − share`: the same ones
    /// whenever stream and block are the same.
    public func drop(
        share: Double, seed: UInt64, _ purpose: RandomStream.Purpose, firstBlock: UInt64,
        _ values: FloatSpan
    ) {
        precondition(values.count % 16 == 0 && share >= 0 && share < 1, "\(share)")
        images.drop(
            seed, purpose.stream, firstBlock, values.count, UInt32((share * 65536).rounded()),
            Float(1 / (1 - share)), values.base)
    }

    /// Blocks of 2 × 2 pixels become rows of four times the channels.
    public func gatherBlocks(_ input: ImageSpan, into rows: RowSpan) {
        check(input, blocks: rows)
        images.gatherBlocks(input.view, rows.view)
    }

    /// Rows become blocks of 2 × 2 pixels.
    ///
    /// - Parameters:
    ///   - start: A value a channel, added to every pixel.
    ///   - adds: Whether the rows are added to what the images hold.
    public func scatterBlocks(
        _ rows: RowSpan, start: FloatSpan? = nil, adds: Bool = false, into output: ImageSpan
    ) {
        check(output, blocks: rows)
        if let start { expect(start, output.channels) }
        images.scatterBlocks(
            rows.view, start.map { UnsafePointer($0.base) }, adds, output.view)
    }

    private func check(_ input: ImageSpan, blocks: RowSpan) {
        precondition(input.size % 2 == 0, "blocks of 2 × 2 of \(input.size)² pixels")
        expect(
            blocks, rows: input.count * input.size * input.size / 4, columns: 4 * input.channels)
    }

    /// Adds up the pixels of each image.
    ///
    /// - Parameter sums: Left: a row an image.
    public func sumPixels(_ input: ImageSpan, into sums: RowSpan) {
        expect(sums, rows: input.count, columns: input.channels)
        images.sumPixels(input.view, sums.view)
    }

    /// The largest value of each channel over an image's pixels.
    ///
    /// - Parameters:
    ///   - places: Left: which pixel that was; a row an image, like the output.
    public func maximize(_ input: ImageSpan, places: RowSpan, into output: RowSpan) {
        expect(places, rows: input.count, columns: input.channels)
        expect(output, rows: input.count, columns: input.channels)
        images.maximize(input.view, places.view, output.view)
    }

    /// The gradient of `maximize`.
    ///
    /// - Parameter places: As `maximize` has left them.
    public func maximizeBack(_ gradient: RowSpan, places: RowSpan, into output: ImageSpan) {
        expect(gradient, rows: output.count, columns: output.channels)
        expect(places, rows: output.count, columns: output.channels)
        images.maximizeBack(gradient.view, places.view, output.view)
    }
}
