import NumericCore

/// A linear layer, pixel by pixel: `output = activation(input · weight + bias + other)`.
struct Linear: Layer {
    let input: Node
    let inputGradient: InputGradient
    /// What comes before the activation; the output itself where there is none.
    let before: ImageSlot
    let output: Node
    let weight: NetworkParameter
    let bias: NetworkParameter?
    let activation: Activation
    /// What is added besides; its gradient is the output's.
    let other: ImageSlot?
    /// Where the transposed weights lie; nil where nobody wants the input's gradient.
    let transposed: Range<Int>?

    private func transposed(_ run: ShardRun, _ range: Range<Int>) -> RowSpan {
        RowSpan(run.prepared(range), rows: weight.columns, columns: weight.rows)
    }

    var preparedCount: Int { transposed?.count ?? 0 }

    func prepare(_ run: ShardRun) {
        guard let range = transposed else { return }
        run.kernels.transpose(
            run.rows(run.value(weight), of: weight), into: transposed(run, range))
    }

    func forward(_ run: ShardRun) {
        run.kernels.multiply(
            run.rows(input.value), run.rows(run.value(weight), of: weight),
            start: bias.map { run.value($0) }, other: other.map { run.rows($0) },
            into: run.rows(before))
        if activation != .none {
            run.kernels.activate(activation, run.floats(before), into: run.floats(output.value))
        }
    }

    func backward(_ run: ShardRun) {
        if activation != .none {
            run.kernels.activateBack(
                activation, run.floats(before), gradient: run.floats(output.gradient))
        }
        let gradient = run.rows(output.gradient)
        run.forEachShard {
            let gradient = $0.rows(output.gradient)
            $0.kernels.addOuterProducts(
                $0.rows(input.value), gradient, to: $0.rows($0.gradient(weight), of: weight))
            if let bias { $0.kernels.addRows(gradient, to: $0.gradient(bias)) }
        }
        guard let range = transposed else { return }
        let target = run.rows(input.gradient)
        run.kernels.multiply(
            gradient, transposed(run, range), other: inputGradient == .add ? target : nil,
            into: target)
    }
}
