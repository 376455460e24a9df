import NumericCore

/// Zeroes a share of the numbers at random while training, and scales the rest, in place.
struct Dropout: Layer {
    let node: Node
    let share: Double
    /// Which of the network's dropouts this is.
    let index: Int

    func forward(_ run: ShardRun) { drop(run, node.value) }

    func backward(_ run: ShardRun) { drop(run, node.gradient) }

    /// Each image goes by numbers of its own, so that shards do not matter.
    private func drop(_ run: ShardRun, _ slot: ImageSlot) {
        guard let draw = run.dropout else { return }
        let floats = slot.size * slot.size * slot.channels
        for image in 0..<run.count {
            let block = (draw.firstImage + image) * (floats / 8)
            run.kernels.drop(
                share: share, seed: draw.seed, .dropout(layer: index),
                firstBlock: UInt64(draw.step) << 32 | UInt64(block),
                run.floats(slot).part(image * floats, floats))
        }
    }
}
