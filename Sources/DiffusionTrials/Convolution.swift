import NumericCore

/// A convolution with 3 × 3 weights: `output = weight ∗ input + start + other`.
struct Convolution: Layer {
    /// What is added to every pixel.
    enum Start: Sendable {
        case bias(NetworkParameter, sums: ImageSlot)
        /// A vector an image, in which the bias is contained.
        case vectors(Node)
    }

    let input: Node
    let inputGradient: InputGradient
    let output: Node
    let weight: NetworkParameter
    let start: Start
    /// What is added besides; its gradient is the output's.
    let other: ImageSlot?
    /// Where the weights lie as the kernels read them, for either direction.
    let forwardFactors: Range<Int>
    let backwardFactors: Range<Int>?

    private var shape: ConvolutionShape {
        ConvolutionShape(
            size: input.value.size, inputs: input.value.channels, outputs: output.value.channels)
    }

    var preparedCount: Int { forwardFactors.count + (backwardFactors?.count ?? 0) }

    func prepare(_ run: ShardRun) {
        run.kernels.prepare(
            shape, weight: run.value(weight), forward: run.prepared(forwardFactors),
            backward: backwardFactors.map { run.prepared($0) }, scratch: run.scratch)
    }

    func forward(_ run: ShardRun) {
        let rows: RowSpan
        switch start {
        case .bias(let bias, _): rows = run.rows(run.value(bias), of: bias)
        case .vectors(let node): rows = run.rows(node.value)
        }
        run.kernels.convolve(
            run.images(input.value), factors: run.prepared(forwardFactors), start: rows,
            other: other.map { run.images($0) }, scratch: run.scratch,
            into: run.images(output.value))
    }

    func backward(_ run: ShardRun) {
        let gradient = run.images(output.gradient)
        switch start {
        case .bias(let bias, let sums):
            run.kernels.sumPixels(gradient, into: run.rows(sums))
            run.forEachShard { $0.kernels.addRows($0.rows(sums), to: $0.gradient(bias)) }
        case .vectors(let node):
            run.kernels.sumPixels(gradient, into: run.rows(node.gradient))
        }
        run.forEachShard {
            $0.kernels.addConvolutionGradient(
                $0.images(input.value), gradient: $0.images(output.gradient),
                scratch: $0.scratch, to: $0.gradient(weight))
        }
        guard let backwardFactors else { return }
        let target = run.images(input.gradient)
        run.kernels.convolve(
            gradient, factors: run.prepared(backwardFactors),
            other: inputGradient == .add ? target : nil, scratch: run.scratch, into: target)
    }
}
