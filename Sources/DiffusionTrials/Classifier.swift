import NumericCore

/// A U-Net that tells the concepts of images.
final class Classifier {
    let unet: UNet
    let network: ShardedNetwork
    let concepts: Int
    let logitCount: Int

    /// - Precondition: The shape's head are logits.
    init(
        _ shape: UNetShape, concepts: Int, batchSize: Int, threads: Int, kernels: Kernels
    ) {
        guard case .logits(let count) = shape.head else {
            preconditionFailure("a classifier has logits")
        }
        logitCount = count
        self.concepts = concepts
        let shards = ShardedNetwork.shards(of: shape, batchSize: batchSize, threads: threads)
        unet = UNet(shape, capacity: shards.size * shards.atOnce)
        network = ShardedNetwork(
            unet.graph, shardsAtOnce: shards.atOnce, threads: threads, kernels: kernels)
    }

    /// What the network says of any number of images, shape `[count, size, size, channels]`, as many
    /// at a time as it has room for.
    func logits(_ images: [Float]) -> [Float] {
        let pixels = unet.shape.size * unet.shape.size * ImageTask.channels
        let count = images.count / pixels
        var logits = Array(repeating: Float(0), count: count * logitCount)
        logits.withUnsafeMutableBufferPointer { buffer in
            // Each run writes its own images' places alone.
            nonisolated(unsafe) let buffer = buffer
            for first in stride(from: 0, to: count, by: network.capacity) {
                network.forEachRun(of: min(network.capacity, count - first)) { run, range in
                    let rows = first + range.lowerBound..<first + range.upperBound
                    forward(run, images, rows, pixels)
                    let values = run.images(unet.output.value).get(width: logitCount)
                    for (i, value) in values.enumerated() {
                        buffer[rows.lowerBound * logitCount + i] = value
                    }
                }
            }
        }
        return logits
    }

    /// The losses of images one by one.
    func losses(_ set: LabelledImages) -> [ClassificationLoss] {
        let logits = logits(set.images)
        return set.labels.enumerated().map { i, label in
            ClassificationLoss(
                logits: Array(logits[i * logitCount..<(i + 1) * logitCount]), label: label,
                concepts: concepts)
        }
    }

    /// Adds the gradients of the mean loss of a batch to the parameters'.
    ///
    /// - Returns: The mean loss.
    func accumulate(_ batch: LabelledImages, dropout: (seed: UInt64, step: Int)) -> Double {
        let pixels = batch.images.count / batch.count
        let share = 1 / Float(batch.count)
        var losses = Array(repeating: 0.0, count: batch.count)
        losses.withUnsafeMutableBufferPointer { losses in
            nonisolated(unsafe) let losses = losses
            network.forEachRun(of: batch.count, dropout: dropout) { run, range in
                forward(run, batch.images, range, pixels)
                let logits = run.images(unet.output.value).get(width: logitCount)
                var gradient: [Float] = []
                for (i, row) in range.enumerated() {
                    let loss = ClassificationLoss(
                        logits: Array(logits[i * logitCount..<(i + 1) * logitCount]),
                        label: batch.labels[row], concepts: concepts)
                    losses[row] = loss.value
                    gradient += loss.gradient
                }
                run.images(unet.output.gradient)
                    .set(gradient[...], width: logitCount, scale: share)
                network.backward(run)
            }
        }
        return losses.reduce(0, +) / Double(batch.count)
    }

    private func forward(_ run: ShardRun, _ images: [Float], _ rows: Range<Int>, _ pixels: Int) {
        run.images(unet.images.value).set(
            images[rows.lowerBound * pixels..<rows.upperBound * pixels],
            width: ImageTask.channels)
        network.forward(run)
    }
}
