import NumericCore

/// What a classifier learns from: images of all classes, and of none.
///
/// The classes are drawn at four settings, so that a judge knows them whatever the separations of
/// the generator that it judges: small and large ones, and with the usual spread and a quarter of it.
///
/// - SeeAlso: arXiv:2410.08309, appendix G.3, whose authors' code has such settings.
struct LabelledImages {
    /// Shape `[count, size, size, channels]`.
    private(set) var images: [Float] = []
    /// The value of each concept; nil where there is only background.
    private(set) var labels: [[Bool]?] = []

    var count: Int { labels.count }

    /// Colour and size separations, and the factor on spreads.
    static let settings = [
        (color: 0.2, size: 0.1, spread: 1.0), (color: 0.8, size: 0.4, spread: 1.0),
        (color: 0.2, size: 0.2, spread: 0.25), (color: 0.8, size: 0.4, spread: 0.25),
    ]

    /// How many images show something.
    static func fullCount(_ configuration: DiffusionConfiguration) -> Int {
        settings.count * configuration.samples * configuration.images.classes.count
    }

    /// How many show nothing.
    static func emptyCount(_ configuration: DiffusionConfiguration) -> Int {
        let share = configuration.emptyShare
        return Int(share / (1 - share) * Double(fullCount(configuration)))
    }

    static func drawn(
        _ configuration: DiffusionConfiguration, seed: UInt64, kernels: Kernels
    ) -> LabelledImages {
        var all = LabelledImages()
        for (index, setting) in settings.enumerated() {
            var task = configuration.images
            task.colorSeparation = setting.color
            task.sizeSeparation = setting.size
            task.spread = setting.spread
            let set = ImageSet.drawn(
                task, classes: task.classes, perClass: configuration.samples,
                seed: seed &+ UInt64(index), kernels: kernels)
            all.images += set.images
            all.labels += set.members.map(\.values)
        }
        let empty = ImageSet.empty(
            configuration.images, count: emptyCount(configuration), seed: seed, kernels: kernels)
        all.images += empty.images
        all.labels += empty.members.map { _ in nil }
        return all
    }

    /// Splits the set at random.
    ///
    /// - Parameter share: Of the first part, whose size is rounded down.
    func split(
        share: Double, seed: UInt64, kernels: Kernels
    ) -> (LabelledImages, LabelledImages) {
        let order = RandomStream(seed: seed, .shuffle, kernels: kernels).permutation(count: count)
        let first = Int(share * Double(count))
        return (picked(order[..<first]), picked(order[first...]))
    }

    func picked(_ rows: ArraySlice<Int>) -> LabelledImages {
        let pixels = images.count / max(count, 1)
        var set = LabelledImages()
        for row in rows {
            set.images += images[row * pixels..<(row + 1) * pixels]
            set.labels.append(labels[row])
        }
        return set
    }

    /// Adds noise to each image, of a deviation `largest · u²` with a random number u of its own, and
    /// clips it to [0, 1]: what is drawn by a generator is never quite clean.
    mutating func addNoise(largest: Double, step: Int, seed: UInt64, kernels: Kernels) {
        guard largest > 0, count > 0 else { return }
        let draws = RandomStream(seed: seed, .step(step, .time), kernels: kernels)
            .uniform(count: count, bound: 1)
        let noise = RandomStream(seed: seed, .step(step, .noise), kernels: kernels)
            .normal(count: images.count)
        let pixels = images.count / count
        for (i, draw) in draws.enumerated() {
            let deviation = Float(largest) * draw * draw
            for j in i * pixels..<(i + 1) * pixels {
                images[j] = min(max(images[j] + deviation * noise[j], 0), 1)
            }
        }
    }
}
