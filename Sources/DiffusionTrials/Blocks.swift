import NumericCore

/// Blocks of 2 × 2 pixels side by side in one pixel of four times the channels: before a linear layer,
/// a convolution with 2 × 2 weights and stride 2.
struct GatherBlocks: Layer {
    let input: Node
    let inputGradient: InputGradient
    /// Half the size, four times the channels.
    let output: Node

    func forward(_ run: ShardRun) {
        run.kernels.gatherBlocks(run.images(input.value), into: run.rows(output.value))
    }

    func backward(_ run: ShardRun) {
        run.kernels.scatterBlocks(
            run.rows(output.gradient), adds: inputGradient == .add,
            into: run.images(input.gradient))
    }
}

/// The way back: after a linear layer, a transposed convolution with 2 × 2 weights and stride 2.
struct ScatterBlocks: Layer {
    /// Half the size, four times the channels.
    let input: Node
    let output: Node
    let bias: NetworkParameter
    let sums: ImageSlot

    func forward(_ run: ShardRun) {
        run.kernels.scatterBlocks(
            run.rows(input.value), start: run.value(bias), into: run.images(output.value))
    }

    func backward(_ run: ShardRun) {
        let gradient = run.images(output.gradient)
        run.kernels.gatherBlocks(gradient, into: run.rows(input.gradient))
        run.kernels.sumPixels(gradient, into: run.rows(sums))
        run.forEachShard { $0.kernels.addRows($0.rows(sums), to: $0.gradient(bias)) }
    }
}
