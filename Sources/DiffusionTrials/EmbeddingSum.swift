import NumericCore

/// What a block is told of time and condition, and its first convolution's bias: one vector an image.
struct EmbeddingSum: Layer {
    let time: Node
    let condition: Node
    let bias: NetworkParameter
    let output: Node

    func forward(_ run: ShardRun) {
        run.kernels.add(
            run.rows(time.value), run.rows(condition.value), start: run.value(bias),
            into: run.rows(output.value))
    }

    func backward(_ run: ShardRun) {
        let gradient = run.floats(output.gradient)
        run.floats(time.gradient).copy(from: gradient)
        run.floats(condition.gradient).copy(from: gradient)
        run.forEachShard { $0.kernels.addRows($0.rows(output.gradient), to: $0.gradient(bias)) }
    }
}

/// Empties a gradient that several layers add to; the last layer, so that it comes first on the way
/// back.
struct GradientStart: Layer {
    let node: Node

    func forward(_ run: ShardRun) {}

    func backward(_ run: ShardRun) { run.floats(node.gradient).fill(0) }
}
