import CVec

/// A chain of linear layers, with ReLU between them or without, that learns to return its input.
///
/// All memory is allocated when it is made; a step on one thread allocates nothing. It may be used
/// from one thread at a time.
public final class Network {
    /// A layer's weight in the forms that the kernels read, its bias, and their gradients.
    private struct Layer {
        let inputs: Int
        let outputs: Int
        let hasBias: Bool
        /// Shape `[in, out]`.
        let weight: Panels
        /// Shape `[out, in]`; kept for every layer but the first, whose input has no gradient.
        let transposed: Panels
        let bias: UnsafeMutablePointer<Float>
        let weightSums: Panels
        let biasSums: UnsafeMutablePointer<Float>
    }

    public let widths: [Int]
    public let isRectified: Bool
    /// How many rows go through the layers at once; more go in blocks.
    public let blockRows: Int

    /// Rows whose activations stay in the caches, even of wide layers. Losses are added up block by
    /// block: another number would change bits.
    public static let defaultBlockRows = 256

    private let kernels: Kernels
    private let threads: Int
    private let arena: Arena
    private var layers: [Layer] = []
    /// Zeros, as many as the widest layer has outputs.
    private let noBias: UnsafeMutablePointer<Float>
    /// What each layer but the last puts out.
    private var activations: [Panels] = []
    /// The loss's gradient there, up to a factor; of the last layer the output itself.
    private var gradients: [Panels] = []

    /// - Parameters:
    ///   - parameters: A layer each; one's outputs are the next one's inputs.
    ///   - isRectified: Whether ReLU follows every layer but the last.
    ///   - blockRows: The most rows that go through the layers at once.
    ///   - threads: How many threads share the products of wide layers, which changes no bit.
    public init(
        _ parameters: [LinearParameters], isRectified: Bool, blockRows: Int, kernels: Kernels,
        threads: Int = 1
    ) {
        precondition(!parameters.isEmpty && blockRows > 0, "\(parameters.count) layers")
        widths = [parameters[0].inputs] + parameters.map(\.outputs)
        precondition(parameters.map(\.inputs) == widths.dropLast(), "widths \(widths)")
        self.isRectified = isRectified
        self.blockRows = blockRows
        self.kernels = kernels
        self.threads = threads
        arena = Arena(floatCount: Self.floatCount(widths: widths, blockRows: blockRows))
        noBias = arena.floats(widths.max() ?? 0)
        for (index, layer) in parameters.enumerated() {
            let rows = blockRows + PanelMatrix.rowMargin
            layers.append(makeLayer(layer, isFirst: index == 0))
            if index > 0 { activations.append(makePanels(rows: rows, layer.inputs)) }
            gradients.append(makePanels(rows: rows, layer.outputs))
        }
        assert(arena.isUsedUp, "the arena is larger than the network")
    }

    /// How many floats a network occupies.
    public static func floatCount(widths: [Int], blockRows: Int) -> Int {
        var count = padded(widths.max() ?? 0)
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            let rows = blockRows + PanelMatrix.rowMargin
            let copies = index == 0 ? 2 : 3
            count += copies * padded(inputs) * padded(outputs) + 2 * padded(outputs)
            count += rows * (padded(outputs) + (index == 0 ? 0 : padded(inputs)))
        }
        return count
    }

    private func makePanels(rows: Int, _ columns: Int) -> Panels {
        Panels(
            base: arena.floats(rows * padded(columns)), stride: rows * 16, columns: columns)
    }

    private func makeLayer(_ parameters: LinearParameters, isFirst: Bool) -> Layer {
        let (inputs, outputs) = (parameters.inputs, parameters.outputs)
        let weight = makePanels(rows: padded(inputs), outputs)
        let layer = Layer(
            inputs: inputs, outputs: outputs, hasBias: parameters.bias != nil, weight: weight,
            transposed: isFirst ? weight : makePanels(rows: padded(outputs), inputs),
            bias: arena.floats(outputs),
            weightSums: makePanels(rows: padded(inputs), outputs),
            biasSums: arena.floats(outputs))
        for o in 0..<outputs {
            for i in 0..<inputs {
                weight.base[o / 16 * weight.stride + i * 16 + o % 16] =
                    parameters.weight[o * inputs + i]
            }
        }
        for (o, value) in (parameters.bias ?? []).enumerated() { layer.bias[o] = value }
        if !isFirst { kernels.transpose(inputs, weight, layer.transposed) }
        return layer
    }
}

extension Network {
    /// One step of gradient descent on `rows` of `data`: every parameter moves by `rate` times the
    /// gradient of ½ Σ ‖f(x) − x‖².
    ///
    /// - Parameter rate: Negative to descend.
    /// - Returns: Σ ‖f(x) − x‖² before the step.
    public func step(_ data: PanelMatrix, rows: Range<Int>, rate: Float) -> Double {
        guard rows.count <= blockRows else {
            let loss = sum(overBlocksOf: rows) { accumulate(data, rows: $0) }
            apply(rate: rate)
            return loss
        }
        let loss = propagate(data, rows)
        forEachLayerBackwards { index in
            let input = propagateBack(data, rows, layer: index)
            let layer = layers[index]
            shareColumns(rows.count, layer) { first, count in
                kernels.update(
                    rows.count, input, gradients[index].part(first, count), rate,
                    layer.weight.part(first, count), layer.hasBias ? layer.bias + first : nil)
            }
            if index > 0 { kernels.transpose(layer.inputs, layer.weight, layer.transposed) }
        }
        return loss
    }

    /// Adds the gradients of ½ Σ ‖f(x) − x‖² over `rows` of `data` to those of earlier calls.
    ///
    /// - Returns: Σ ‖f(x) − x‖².
    public func accumulate(_ data: PanelMatrix, rows: Range<Int>) -> Double {
        accumulate(data, rows: rows, weight: 1, hasBias: true)
    }

    /// The same with `weight` points in place of each row, or as if the network had no biases.
    func accumulate(
        _ data: PanelMatrix, rows: Range<Int>, weight: Float, hasBias: Bool
    ) -> Double {
        let loss = Double(weight) * propagate(data, rows, hasBias: hasBias)
        if weight != 1 { scaleLastGradient(rows: rows.count, by: weight) }
        forEachLayerBackwards { index in
            let input = propagateBack(data, rows, layer: index)
            let layer = layers[index]
            shareColumns(rows.count, layer) { first, count in
                kernels.accumulate(
                    rows.count, input, gradients[index].part(first, count),
                    layer.weightSums.part(first, count),
                    layer.hasBias && hasBias ? layer.biasSums + first : nil)
            }
        }
        return loss
    }

    private func scaleLastGradient(rows: Int, by factor: Float) {
        let gradient = gradients[layers.count - 1]
        for panel in 0..<padded(gradient.columns) / 16 {
            let values = gradient.base + panel * gradient.stride
            for i in 0..<16 * rows { values[i] *= factor }
        }
    }

    /// Moves every parameter by `rate` times its accumulated gradient, which starts anew: bit for
    /// bit what `step` does on all those rows at once.
    public func apply(rate: Float) {
        update { count, sums, values in kernels.apply(count, rate, sums, values) }
    }

    /// Lets `change` move the parameters: called with each layer's weight, then its bias, both
    /// padded, and their accumulated gradients, which it is to zero.
    func update(
        _ change: (
            _ count: Int, _ sums: UnsafeMutablePointer<Float>,
            _ values: UnsafeMutablePointer<Float>
        ) -> Void
    ) {
        for index in 0..<layers.count {
            let layer = layers[index]
            change(
                padded(layer.inputs) * padded(layer.outputs), layer.weightSums.base,
                layer.weight.base)
            if layer.hasBias { change(padded(layer.outputs), layer.biasSums, layer.bias) }
            if index > 0 { kernels.transpose(layer.inputs, layer.weight, layer.transposed) }
        }
    }

    /// Σ ‖f(x) − x‖² over `rows` of `data`.
    public func squaredError(_ data: PanelMatrix, rows: Range<Int>) -> Double {
        sum(overBlocksOf: rows) { propagate(data, $0) }
    }

    func sum(overBlocksOf rows: Range<Int>, _ term: (Range<Int>) -> Double) -> Double {
        var sum = 0.0
        var start = rows.lowerBound
        while start < rows.upperBound {
            let end = min(start + blockRows, rows.upperBound)
            sum += term(start..<end)
            start = end
        }
        return sum
    }

    /// Leaves `f(x)` for row `row` of `data` in `output`.
    ///
    /// - Parameter output: As many values as the last layer has outputs.
    public func evaluate(_ data: PanelMatrix, row: Int, into output: inout [Float]) {
        check(data, row..<row + 1)
        precondition(output.count == widths[layers.count], "\(output.count) outputs")
        var input = data.panels(from: row)
        for index in 0..<layers.count {
            let layer = layers[index]
            let isLast = index == layers.count - 1
            let target = isLast ? gradients[index] : activations[index]
            kernels.forward(
                1, input, layer.weight, layer.bias, isRectified && !isLast, target)
            input = target
        }
        for i in 0..<output.count { output[i] = input.base[i / 16 * input.stride + i % 16] }
    }

    /// The parameters as they are now.
    public var parameters: [LinearParameters] {
        layers.map { read($0, weight: $0.weight, bias: $0.bias) }
    }

    /// Gives a layer other parameters, every `stride`-th float from where they start.
    ///
    /// - Parameter weight: Shape `[in, out]`.
    func setLayer(
        _ index: Int, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, stride: Int
    ) {
        let layer = layers[index]
        for i in 0..<layer.inputs {
            for o in 0..<layer.outputs {
                layer.weight.base[o / 16 * layer.weight.stride + i * 16 + o % 16] =
                    weight[(i * layer.outputs + o) * stride]
            }
        }
        if layer.hasBias {
            for o in 0..<layer.outputs { layer.bias[o] = bias[o * stride] }
        }
        if index > 0 { kernels.transpose(layer.inputs, layer.weight, layer.transposed) }
    }

    /// The gradients accumulated so far, in the form of the parameters.
    public var accumulatedGradients: [LinearParameters] {
        layers.map { read($0, weight: $0.weightSums, bias: $0.biasSums) }
    }

    private func read(
        _ layer: Layer, weight: Panels, bias: UnsafeMutablePointer<Float>
    ) -> LinearParameters {
        var values: [Float] = []
        values.reserveCapacity(layer.inputs * layer.outputs)
        for o in 0..<layer.outputs {
            let column = weight.base + o / 16 * weight.stride + o % 16
            for i in 0..<layer.inputs { values.append(column[i * 16]) }
        }
        return LinearParameters(
            inputs: layer.inputs, outputs: layer.outputs, weight: values,
            bias: layer.hasBias ? (0..<layer.outputs).map { bias[$0] } : nil)
    }

    private func check(_ data: PanelMatrix, _ rows: Range<Int>) {
        precondition(
            data.columns == widths[0] && rows.lowerBound >= 0 && rows.upperBound <= data.rows
                && rows.count <= blockRows && !rows.isEmpty,
            "rows \(rows) of [\(data.rows), \(data.columns)] in blocks of \(blockRows)")
    }

    /// Calls `body` for all rows at once, or for parts of them on several threads where a product is
    /// worth it. Parts are whole tiles of either level: none writes into the next one's rows.
    private func shareRows(
        _ rows: Int, _ layer: Layer, _ body: (_ first: Int, _ count: Int) -> Void
    ) {
        guard isShared(rows, layer) else { return body(0, rows) }
        let tile = PanelMatrix.rowMargin
        let size = ((rows + threads - 1) / threads + tile - 1) / tile * tile
        NumericCore.forEachBlock(of: rows, size: size, threads: threads) { part in
            body(part.lowerBound, part.count)
        }
    }

    /// Likewise for the columns of a layer's gradient, in pairs of panels: the sums over the rows
    /// stay whole.
    private func shareColumns(
        _ rows: Int, _ layer: Layer, _ body: (_ first: Int, _ count: Int) -> Void
    ) {
        guard isShared(rows, layer) else { return body(0, layer.outputs) }
        let size = ((layer.outputs + threads - 1) / threads + 31) / 32 * 32
        NumericCore.forEachBlock(of: layer.outputs, size: size, threads: threads) { part in
            body(part.lowerBound, part.count)
        }
    }

    /// Whether a product takes some 30 µs at least, beside which threads cost little.
    private func isShared(_ rows: Int, _ layer: Layer) -> Bool {
        threads > 1 && rows * layer.inputs * layer.outputs >= 2_000_000
    }

    /// Plain counting here and elsewhere in a step: Swift's views of collections allocate where they
    /// are not optimised away.
    private func forEachLayerBackwards(_ body: (Int) -> Void) {
        var index = layers.count
        while index > 0 {
            index -= 1
            body(index)
        }
    }

    /// Leaves `f(x) − x` where the last layer's gradient belongs.
    func propagate(_ data: PanelMatrix, _ rows: Range<Int>, hasBias: Bool = true) -> Double {
        check(data, rows)
        precondition(widths[0] == widths[layers.count], "an identity needs as many outputs")
        let points = data.panels(from: rows.lowerBound)
        var input = points
        let last = layers.count - 1
        for index in 0..<last {
            let layer = layers[index]
            let bias = hasBias ? layer.bias : noBias
            shareRows(rows.count, layer) { [input] first, count in
                kernels.forward(
                    count, input.rows(from: first), layer.weight, bias, isRectified,
                    activations[index].rows(from: first))
            }
            input = activations[index]
        }
        let bias = hasBias ? layers[last].bias : noBias
        shareRows(rows.count, layers[last]) { [input] first, count in
            kernels.residual(
                count, input.rows(from: first), layers[last].weight, bias,
                points.rows(from: first), gradients[last].rows(from: first))
        }
        return kernels.squaredSum(rows.count, gradients[last])
    }

    /// Leaves the gradient of a layer's input where the layer before keeps that of its output.
    ///
    /// - Returns: The layer's input.
    private func propagateBack(_ data: PanelMatrix, _ rows: Range<Int>, layer: Int) -> Panels {
        guard layer > 0 else { return data.panels(from: rows.lowerBound) }
        shareRows(rows.count, layers[layer]) { first, count in
            kernels.backward(
                count, gradients[layer].rows(from: first), layers[layer].transposed,
                activations[layer - 1].rows(from: first), isRectified,
                gradients[layer - 1].rows(from: first))
        }
        return activations[layer - 1]
    }
}

extension Panels {
    /// The same matrix from row `first` on.
    fileprivate func rows(from first: Int) -> Panels {
        Panels(base: base + first * 16, stride: stride, columns: columns)
    }

    /// Columns `first` and on, `first` the start of a panel.
    fileprivate func part(_ first: Int, _ count: Int) -> Panels {
        Panels(base: base + first / 16 * stride, stride: stride, columns: count)
    }
}
