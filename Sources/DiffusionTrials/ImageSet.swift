import NumericCore

/// Images with what a model is told of each.
struct ImageSet {
    /// Shape `[count, size, size, channels]`.
    private(set) var images: [Float] = []
    /// Shape `[count, conditionWidth]`.
    private(set) var conditions: [Float] = []
    /// The class of each image.
    private(set) var members: [ConceptClass] = []

    var count: Int { members.count }

    private mutating func append(
        _ scene: Scene, of member: ConceptClass, _ task: ImageTask, noise: ArraySlice<Float>
    ) {
        images += scene.image(task, noise: noise)
        conditions += scene.condition(task)
        members.append(member)
    }

    /// Draws images of classes, class by class. Each comes from numbers of its own: a set with more
    /// images a class begins, in its last class alone, with other images.
    ///
    /// - Parameter perClass: Images of each class.
    static func drawn(
        _ task: ImageTask, classes: [ConceptClass], perClass: Int, seed: UInt64, kernels: Kernels
    ) -> ImageSet {
        let draws = RandomStream(seed: seed, .scenes(.training), kernels: kernels)
            .uniform(count: classes.count * perClass * Scene.drawCount, bound: 1)
        let pixels = PixelNoise(task, .training, seed: seed, kernels: kernels)
        var set = ImageSet()
        for (index, member) in classes.enumerated() {
            for i in index * perClass..<(index + 1) * perClass {
                let draws = draws[i * Scene.drawCount..<(i + 1) * Scene.drawCount]
                let scene = Scene(task, member, draws: draws)
                set.append(scene, of: member, task, noise: pixels.noise(ofImage: i))
            }
        }
        return set
    }

    /// Draws images of one class as its means have it, each at a place of its own.
    static func means(
        of member: ConceptClass, _ task: ImageTask, count: Int, seed: UInt64, kernels: Kernels
    ) -> ImageSet {
        let places = RandomStream(seed: seed, .scenes(.test), kernels: kernels)
            .uniform(count: 2 * count, bound: Float(ImageTask.reach))
        let pixels = PixelNoise(task, .test, seed: seed, kernels: kernels)
        var set = ImageSet()
        for i in 0..<count {
            let scene = Scene(
                meanOf: member, task, x: Double(places[2 * i]), y: Double(places[2 * i + 1]))
            set.append(scene, of: member, task, noise: pixels.noise(ofImage: i))
        }
        return set
    }

    /// Draws images of the background alone, of all classes in turn.
    static func empty(_ task: ImageTask, count: Int, seed: UInt64, kernels: Kernels) -> ImageSet {
        let draws = RandomStream(seed: seed, .scenes(.empty), kernels: kernels)
            .uniform(count: count * Scene.drawCount, bound: 1)
        let pixels = PixelNoise(task, .empty, seed: seed, kernels: kernels)
        var set = ImageSet()
        for i in 0..<count {
            let member = task.classes[i % task.classes.count]
            let draws = draws[i * Scene.drawCount..<(i + 1) * Scene.drawCount]
            let scene = Scene(task, member, draws: draws, isEmpty: true)
            set.append(scene, of: member, task, noise: pixels.noise(ofImage: i))
        }
        return set
    }

    /// Splits the set at random.
    ///
    /// - Parameter share: Of the first part, whose size is rounded down.
    func split(share: Double, seed: UInt64, kernels: Kernels) -> (ImageSet, ImageSet) {
        let order = RandomStream(seed: seed, .shuffle, kernels: kernels).permutation(count: count)
        let first = Int(share * Double(count))
        return (picked(order[..<first]), picked(order[first...]))
    }

    /// Those of these rows, in this order.
    func picked(_ rows: ArraySlice<Int>) -> ImageSet {
        let (pixels, width) = (images.count / max(count, 1), ImageTask.conditionWidth)
        var set = ImageSet()
        for row in rows {
            set.images += images[row * pixels..<(row + 1) * pixels]
            set.conditions += conditions[row * width..<(row + 1) * width]
            set.members.append(members[row])
        }
        return set
    }
}

/// The noise on the pixels of images, each image's from numbers of its own.
private struct PixelNoise {
    private let stream: RandomStream
    private let count: Int

    init(
        _ task: ImageTask, _ set: RandomStream.Purpose.ImageSet, seed: UInt64, kernels: Kernels
    ) {
        stream = RandomStream(seed: seed, .pixels(set), kernels: kernels)
        count = task.pixelCount
    }

    /// Standard normal numbers.
    func noise(ofImage i: Int) -> ArraySlice<Float> {
        let blocks = (count + 3) / 4
        return stream.normal(firstBlock: UInt64(i * blocks), count: count)[...]
    }
}
