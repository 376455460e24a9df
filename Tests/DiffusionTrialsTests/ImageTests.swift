import Foundation
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("Images of discs and squares")
struct ImageTests {
    private struct Drawing: Encodable {
        let size: Int
        let blur: Double
        let isSquare: Bool
        let x: Double
        let y: Double
        let radius: Double
        let color: [Double]
        let background: [Double]

        init(_ scene: Scene, _ task: ImageTask) {
            (size, blur) = (task.size, task.blur)
            isSquare = scene.isSquare
            (x, y, radius) = (scene.x, scene.y, scene.radius)
            (color, background) = (scene.color, scene.background)
        }
    }

    private static let tasks = [
        ImageTask(), ImageTask(size: 16, blur: 0.5), ImageTask(size: 28, sizeSeparation: 0.2),
        ImageTask(concepts: [.shape, .color, .size], size: 28, blur: 0),
        ImageTask(concepts: [.color, .size, .background], size: 16, blur: 2.5),
    ]

    @Test("are those of numpy and scipy, to 1e-6, apart from the noise")
    func beside() throws {
        let kernels = try Kernels.chosen()
        var (drawings, ours) = ([Drawing](), [Float]())
        for (seed, task) in Self.tasks.enumerated() {
            let draws = RandomStream(seed: UInt64(seed), .scenes(.training), kernels: kernels)
                .uniform(count: task.classes.count * Scene.drawCount, bound: 1)
            for (i, member) in task.classes.enumerated() {
                let scene = Scene(
                    task, member, draws: draws[i * Scene.drawCount..<(i + 1) * Scene.drawCount])
                drawings.append(Drawing(scene, task))
                let silence = Array(repeating: Float(0), count: task.pixelCount)
                ours += scene.image(task, noise: silence[...])
            }
        }
        let data = try Reference.run("images.py", drawings)
        try #require(data.count == 8 * ours.count)
        let theirs = data.withUnsafeBytes { bytes in
            (0..<ours.count).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
        }
        let difference = zip(ours, theirs).map { abs(Double($0) - $1) }.max()
        #expect(try #require(difference) < 1e-6)
    }

    @Test("keep colours, radii and backgrounds in their classes' ranges")
    func ranges() throws {
        let task = ImageTask()
        let set = try drawn(task, perClass: 200)
        let width = ImageTask.conditionWidth
        for i in 0..<set.count {
            let condition = Array(set.conditions[i * width..<(i + 1) * width])
            let isBlue = set.members[i].values[0]
            let isSmall = set.members[i].values[1]
            for k in 0..<3 {
                let middle: Float = (k == 0) == !isBlue && k != 1 ? 0.7 : 0.3
                #expect(abs(condition[4 + k] - middle) <= 0.0501)
            }
            #expect(abs(condition[7] - (isSmall ? 0.25 : 0.65)) <= 0.1501)
            #expect(
                condition[..<4].allSatisfy { $0 == 0 } && condition[8...].allSatisfy { $0 == 0 })
        }
        #expect(set.images.allSatisfy { (0...1).contains($0) })
    }

    @Test("cut the range of small radii below, instead of clamping what is drawn")
    func leastRadius() throws {
        let task = ImageTask(sizeSeparation: 0.6)
        let spread = task.radius(of: ConceptClass(values: [false, true]))
        #expect(abs(spread.middle - spread.reach - 0.1) < 1e-12)
        #expect(abs(spread.middle + spread.reach - 0.375) < 1e-12)
    }

    @Test("are trained on where at most one concept is set, as the digits of classes say")
    func classes() {
        #expect(ImageTask().classes.map(\.description) == ["00", "01", "10", "11"])
        #expect(ImageTask().trainedClasses.map(\.description) == ["00", "01", "10"])
        let three = ImageTask(concepts: [.color, .size, .background])
        #expect(three.trainedClasses.map(\.description) == ["000", "001", "010", "100"])
    }

    @Test("are split at random, each image on one side with its own condition")
    func split() throws {
        let set = try drawn(ImageTask(size: 16), perClass: 20)
        let (first, second) = set.split(share: 0.85, seed: 7, kernels: try Kernels.chosen())
        #expect(first.count == 51 && second.count == 9)
        let width = ImageTask.conditionWidth
        func rows(_ set: ImageSet) -> [[Float]] {
            (0..<set.count).map { i in
                Array(set.conditions[i * width..<(i + 1) * width])
                    + set.images[i * 768..<(i + 1) * 768]
            }
        }
        #expect(Set(rows(first)).union(rows(second)) == Set(rows(set)))
        #expect(Set(first.members).count == 3)
    }

    @Test("of means differ in place alone")
    func means() throws {
        let task = ImageTask()
        let set = ImageSet.means(
            of: ConceptClass(values: [true, true]), task, count: 8, seed: 3,
            kernels: try Kernels.chosen())
        let expected: [Float] = [0, 0, 0, 0, 0.3, 0.3, 0.7, 0.25, 0, 0, 0]
        #expect(Array(set.conditions.prefix(11)) == expected)
        #expect(set.conditions == Array(repeating: expected, count: 8).flatMap(\.self))
        #expect(Array(set.images[..<3072]) != Array(set.images[3072..<6144]))
    }

    private func drawn(_ task: ImageTask, perClass: Int) throws -> ImageSet {
        ImageSet.drawn(
            task, classes: task.trainedClasses, perClass: perClass, seed: 1,
            kernels: try Kernels.chosen())
    }
}
