import NumericCore

/// Attention of every pixel to all pixels of its image.
struct PixelAttention: Layer {
    let query: Node
    let key: Node
    let value: Node
    let output: Node
    let heads: Int

    func forward(_ run: ShardRun) {
        run.kernels.attend(
            heads: heads, query: run.images(query.value), key: run.images(key.value),
            value: run.images(value.value), scratch: run.scratch, into: run.images(output.value))
    }

    func backward(_ run: ShardRun) {
        run.kernels.attendBack(
            heads: heads, query: run.images(query.value), key: run.images(key.value),
            value: run.images(value.value), gradient: run.images(output.gradient),
            scratch: run.scratch, queryGradient: run.images(query.gradient),
            keyGradient: run.images(key.gradient), valueGradient: run.images(value.gradient))
    }
}
