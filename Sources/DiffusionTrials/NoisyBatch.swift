import NumericCore

/// Images with noise, each at a time of its own.
enum NoisyBatch {
    /// Times spread evenly over [0, 1), from one random number: tᵢ = (i + u)/count.
    ///
    /// - Parameter draw: In [0, 1).
    static func times(count: Int, draw: Double) -> [Double] {
        (0..<count).map { (Double($0) + draw) / Double(count) }
    }

    /// z = α x + σ ε.
    ///
    /// - Parameters:
    ///   - images: x, shape `[batch, pixels]`.
    ///   - noise: ε, of the same shape.
    ///   - levels: One for each image.
    ///   - noisy: Left: z.
    static func mix(
        _ images: [Float], _ noise: [Float], _ levels: [NoiseLevel], into noisy: inout [Float]
    ) {
        precondition(
            images.count == noise.count && noisy.count == noise.count
                && images.count % levels.count == 0,
            "\(images.count), \(noise.count) and \(noisy.count) numbers, \(levels.count) images")
        let pixels = images.count / levels.count
        for (i, level) in levels.enumerated() {
            let (signal, share) = (Float(level.signal), Float(level.noise))
            for j in i * pixels..<(i + 1) * pixels {
                noisy[j] = (share * noise[j]).addingProduct(signal, images[j])
            }
        }
    }
}
