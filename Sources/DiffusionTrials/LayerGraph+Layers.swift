import NumericCore

extension LayerGraph {
    /// PyTorch's start of layers: weights and biases uniform within 1/√inputs.
    private func start(inputs: Int) -> NetworkParameter.Start {
        .uniform(bound: 1 / Double(inputs).squareRoot())
    }

    /// A weight or a bias, at PyTorch's start or, as the last of a branch, at zero.
    private mutating func weight(
        _ name: String, _ layout: NetworkParameter.Layout, inputs: Int, isZero: Bool = false
    ) -> NetworkParameter {
        parameter(name, layout, isZero ? .constant(0) : start(inputs: inputs))
    }

    mutating func convolution(
        _ name: String, _ input: Node, inputs: Int, _ gradient: InputGradient, to output: Node,
        outputs: Int, other: ImageSlot? = nil, isZero: Bool = false
    ) {
        let bias = weight("\(name).bias", .vector(outputs), inputs: 9 * inputs, isZero: isZero)
        let sums = shared(.sums, size: 1, channels: outputs)
        convolution(
            name, input, inputs: inputs, gradient, to: output, outputs: outputs,
            start: .bias(bias, sums: sums), other: other, isZero: isZero)
    }

    mutating func convolution(
        _ name: String, _ input: Node, inputs: Int, _ gradient: InputGradient, to output: Node,
        outputs: Int, start: Convolution.Start, other: ImageSlot? = nil, isZero: Bool = false
    ) {
        let shape = ConvolutionShape(
            size: input.value.size, inputs: input.value.channels, outputs: output.value.channels)
        needScratch(max(shape.scratchCount, shape.weightCount))
        append(
            Convolution(
                input: input, inputGradient: gradient, output: output,
                weight: weight(
                    "\(name).weight", .convolution(inputs: inputs, outputs: outputs),
                    inputs: 9 * inputs, isZero: isZero),
                start: start, other: other, forwardFactors: prepared(shape.factorCount),
                backwardFactors: gradient == .none ? nil : prepared(shape.factorCount)))
    }

    mutating func convolutionBias(_ name: String, inputs: Int, outputs: Int) -> NetworkParameter {
        weight("\(name).bias", .vector(outputs), inputs: 9 * inputs)
    }

    mutating func normalization(
        _ name: String, _ input: Node, _ gradient: InputGradient, to output: Node, groups: Int,
        _ activation: Activation
    ) {
        let channels = input.value.channels
        append(
            GroupNormalization(
                input: input, inputGradient: gradient, output: output,
                gain: parameter("\(name).weight", .vector(channels), .constant(1)),
                shift: parameter("\(name).bias", .vector(channels), .constant(0)),
                groups: groups, epsilon: 1e-6, activation: activation,
                moments: slot(size: 1, channels: 2 * groups)))
    }

    /// A linear layer on vectors, with an activation.
    mutating func linear(
        _ name: String, _ input: Node, inputs: Int, _ gradient: InputGradient, to output: Node,
        outputs: Int, _ activation: Activation
    ) {
        let before =
            activation == .none ? output.value : slot(size: output.value.size, channels: outputs)
        addLinear(
            name, .linear(inputs: inputs, outputs: outputs), input, fanIn: inputs, gradient,
            before: before, to: output, outputs: outputs, activation)
    }

    /// A linear layer on pixels.
    mutating func pixelLinear(
        _ name: String, _ input: Node, _ gradient: InputGradient, to output: Node,
        other: ImageSlot? = nil
    ) {
        let (inputs, outputs) = (input.value.channels, output.value.channels)
        addLinear(
            name, .pixel(inputs: inputs, outputs: outputs), input, fanIn: inputs, gradient,
            before: output.value, to: output, outputs: outputs, other: other)
    }

    /// Half the size by a convolution with 2 × 2 weights.
    mutating func shrink(_ name: String, _ input: Node, _ gradient: InputGradient, to output: Node)
    {
        let (channels, size) = (input.value.channels, output.value.size)
        let blocks = node(size: size, channels: 4 * channels, sharing: .outer)
        append(GatherBlocks(input: input, inputGradient: gradient, output: blocks))
        addLinear(
            name, .shrink(inputs: channels, outputs: output.value.channels), blocks,
            fanIn: 4 * channels, .set, before: output.value, to: output,
            outputs: output.value.channels)
    }

    /// Twice the size by a transposed convolution with 2 × 2 weights.
    mutating func grow(_ name: String, _ input: Node, to output: Node) {
        let (inputs, outputs) = (input.value.channels, output.value.channels)
        let blocks = node(size: input.value.size, channels: 4 * outputs, sharing: .outer)
        addLinear(
            name, .grow(inputs: inputs, outputs: outputs), input, fanIn: 4 * outputs, .set,
            before: blocks.value, to: blocks, outputs: nil)
        append(
            ScatterBlocks(
                input: blocks, output: output,
                bias: weight("\(name).bias", .vector(outputs), inputs: 4 * outputs),
                sums: shared(.sums, size: 1, channels: outputs)))
    }

    /// - Parameter outputs: Of the bias; nil is none.
    private mutating func addLinear(
        _ name: String, _ layout: NetworkParameter.Layout, _ input: Node, fanIn: Int,
        _ gradient: InputGradient, before: ImageSlot, to output: Node, outputs: Int?,
        _ activation: Activation = .none, other: ImageSlot? = nil
    ) {
        let weight = weight("\(name).weight", layout, inputs: fanIn)
        append(
            Linear(
                input: input, inputGradient: gradient, before: before, output: output,
                weight: weight,
                bias: outputs.map { self.weight("\(name).bias", .vector($0), inputs: fanIn) },
                activation: activation, other: other,
                transposed: gradient == .none ? nil : prepared(weight.floatCount)))
    }
}
