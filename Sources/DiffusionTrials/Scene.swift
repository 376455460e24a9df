import NumericCore

/// What one image shows.
struct Scene: Hashable, Sendable {
    /// How many random numbers a scene is drawn from.
    static let drawCount = 12

    let isSquare: Bool
    let x: Double
    let y: Double
    /// Red, green and blue.
    let color: [Double]
    var radius: Double
    /// Red, green and blue.
    let background: [Double]

    /// - Parameters:
    ///   - draws: `drawCount` numbers, uniform on (−1, 1).
    ///   - isEmpty: Whether only the background is to be seen.
    init(
        _ task: ImageTask, _ member: ConceptClass, draws: ArraySlice<Float>, isEmpty: Bool = false
    ) {
        let draws = Array(draws)
        precondition(draws.count == Self.drawCount, "\(draws.count) numbers")
        isSquare = task.isSet(.shape, in: member)
        x = ImageTask.reach * Double(draws[0])
        y = ImageTask.reach * Double(draws[1])
        color = task.color(of: member).enumerated().map { $1.value(at: draws[2 + $0]) }
        radius = isEmpty ? 0 : task.radius(of: member).value(at: draws[5])
        let spread = task.background(of: member)
        background = (6..<9).map { spread.value(at: draws[$0]) }
    }

    /// The same scene as the mean of its class has it, at another place.
    init(meanOf member: ConceptClass, _ task: ImageTask, x: Double, y: Double) {
        isSquare = task.isSet(.shape, in: member)
        (self.x, self.y) = (x, y)
        color = task.color(of: member).map(\.middle)
        radius = task.radius(of: member).middle
        background = Array(repeating: task.background(of: member).middle, count: 3)
    }

    /// What a model is told of the scene: its concepts' numbers, each in its slot, the rest 0.
    func condition(_ task: ImageTask) -> [Float] {
        var slots = Array(repeating: Float(0), count: ImageTask.conditionWidth)
        for concept in task.concepts {
            switch concept {
            case .shape: slots[isSquare ? 1 : 0] = 1
            case .color: for k in 0..<3 { slots[4 + k] = Float(color[k]) }
            case .size: slots[7] = Float(radius)
            case .background: for k in 0..<3 { slots[8 + k] = Float(background[k]) }
            }
        }
        return slots
    }

    /// Draws the scene: the shape's mask, blurred, blends its colour with the background.
    ///
    /// - Parameter noise: Standard normal numbers, as many as the image has.
    /// - Returns: Shape `[size, size, channels]`, in [0, 1].
    func image(_ task: ImageTask, noise: ArraySlice<Float>) -> [Float] {
        precondition(noise.count == task.pixelCount, "\(noise.count) numbers")
        let mask = Blur(deviation: task.blur).applied(to: mask(size: task.size), size: task.size)
        var image = Array(noise)
        for place in mask.indices {
            for k in 0..<ImageTask.channels {
                let value = mask[place] * color[k] + (1 - mask[place]) * background[k]
                let i = place * ImageTask.channels + k
                let noisy = value + ImageTask.noise * Double(image[i])
                image[i] = Float(min(max(noisy, 0), 1))
            }
        }
        return image
    }

    /// 1 inside the shape, 0 outside, at pixels from −1 to 1 along both axes.
    private func mask(size: Int) -> [Double] {
        // A square of the same area has the side √π r.
        let half = radius * 0.886_226_925_452_758_0
        let grid = (0..<size).map { -1 + 2 * Double($0) / Double(size - 1) }
        var mask = Array(repeating: 0.0, count: size * size)
        for row in 0..<size {
            for column in 0..<size {
                let (dx, dy) = (grid[column] - x, grid[row] - y)
                let isInside =
                    isSquare
                    ? max(abs(dx), abs(dy)) < half : dx * dx + dy * dy < radius * radius
                if isInside { mask[row * size + column] = 1 }
            }
        }
        return mask
    }
}
