import NumericCore

/// A U-Net that predicts the noise in images, and what it hands back for a loss's gradient.
final class NoisePrediction {
    let unet: UNet
    let network: ShardedNetwork

    /// What a network sees of γ: times by the schedule that training begins with, whatever it learns.
    static func time(gamma: Double) -> Double { (gamma + 5) / 15 }
    static let timeSlope = 1.0 / 15

    init(_ shape: UNetShape, batchSize: Int, threads: Int, kernels: Kernels) {
        let shards = ShardedNetwork.shards(of: shape, batchSize: batchSize, threads: threads)
        unet = UNet(shape, capacity: shards.size * shards.atOnce)
        network = ShardedNetwork(
            unet.graph, shardsAtOnce: shards.atOnce, threads: threads, kernels: kernels)
    }

    /// What goes in: noisy images, γ of each, and conditions, `conditionWidth` numbers each.
    struct Input {
        var images: [Float]
        var gammas: [Double]
        var conditions: [Float]
        var count: Int { gammas.count }
    }

    /// What a step gets back: the prediction, and derivatives by the noisy images and by γ.
    struct Gradients {
        var predicted: [Float]
        var images: [Float]
        var gammas: [Double]
    }

    /// Predicts the noise in images, and nothing else.
    func predict(_ input: Input) -> [Float] {
        var predicted = input.images
        predicted.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let buffer = buffer
            network.forEachRun(of: input.count) { run, range in
                set(input, range, run)
                network.forward(run)
                copy(run.images(unet.output.value), to: buffer, range)
            }
        }
        return predicted
    }

    /// Predicts the noise in any number of images, as many at a time as the network has room for.
    func predictAll(_ input: Input) -> [Float] {
        let pixels = input.images.count / max(input.count, 1)
        let width = ImageTask.conditionWidth
        var predicted: [Float] = []
        predicted.reserveCapacity(input.images.count)
        for first in stride(from: 0, to: input.count, by: network.capacity) {
            let last = min(first + network.capacity, input.count)
            predicted += predict(
                Input(
                    images: Array(input.images[first * pixels..<last * pixels]),
                    gammas: Array(input.gammas[first..<last]),
                    conditions: Array(input.conditions[first * width..<last * width])))
        }
        return predicted
    }

    /// Predicts the noise in images and adds to the parameters' gradients those of a loss whose
    /// derivative by the prediction is `factor · (ε̂ − ε)`.
    ///
    /// - Parameter dropout: Seed and step.
    func accumulate(
        _ input: Input, noise: [Float], factor: Float, dropout: (seed: UInt64, step: Int)
    ) -> Gradients {
        var result = Gradients(
            predicted: input.images, images: input.images, gammas: input.gammas)
        result.predicted.withUnsafeMutableBufferPointer { predicted in
            result.images.withUnsafeMutableBufferPointer { images in
                result.gammas.withUnsafeMutableBufferPointer { gammas in
                    // Each run writes its own images' places alone.
                    nonisolated(unsafe) let (predicted, images, gammas) = (
                        predicted, images, gammas
                    )
                    network.forEachRun(of: input.count, dropout: dropout) { run, range in
                        set(input, range, run)
                        network.forward(run)
                        copy(run.images(unet.output.value), to: predicted, range)
                        let pixels = predicted.count / input.count
                        let places = range.lowerBound * pixels..<range.upperBound * pixels
                        let gradient = places.map { factor * (predicted[$0] - noise[$0]) }
                        run.images(unet.output.gradient)
                            .set(gradient[...], width: ImageTask.channels)
                        network.backward(run)
                        copy(run.images(unet.images.gradient), to: images, range)
                        let waves = run.images(unet.waves.gradient).get(width: UNetShape.waveCount)
                        for (i, image) in range.enumerated() {
                            let own = Array(
                                waves[i * UNetShape.waveCount..<(i + 1) * UNetShape.waveCount])
                            gammas[image] =
                                Self.timeSlope
                                * TimeWaves.slope(
                                    at: Self.time(gamma: input.gammas[image]), gradient: own)
                        }
                    }
                }
            }
        }
        return result
    }

    private func set(_ input: Input, _ range: Range<Int>, _ run: ShardRun) {
        let pixels = input.images.count / input.count
        run.images(unet.images.value).set(
            input.images[range.lowerBound * pixels..<range.upperBound * pixels],
            width: ImageTask.channels)
        let waves = range.flatMap { TimeWaves.values(at: Self.time(gamma: input.gammas[$0])) }
        run.images(unet.waves.value).set(waves[...], width: UNetShape.waveCount)
        let width = ImageTask.conditionWidth
        run.images(unet.condition.value).set(
            input.conditions[range.lowerBound * width..<range.upperBound * width], width: width)
    }

    private func copy(
        _ images: ImageSpan, to buffer: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>
    ) {
        let values = images.get(width: ImageTask.channels)
        let start = range.lowerBound * values.count / range.count
        for (i, value) in values.enumerated() { buffer[start + i] = value }
    }
}
