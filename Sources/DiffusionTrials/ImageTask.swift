/// What the images of a diffusion trial are like: a disc or square of one colour before a plain
/// background, whose concepts are set apart by separations.
///
/// Coordinates and radii are in units of half the image's width, colours in [0, 1].
///
/// - SeeAlso: arXiv:2410.08309, section 5; arXiv:2406.19370, whose task this is.
struct ImageTask: Hashable, Sendable {
    /// In the order of a class's digits.
    var concepts: [Concept] = [.color, .size]
    /// Width and height in pixels.
    var size = 32
    /// Δc: by how much red and blue differ in each of these two channels.
    var colorSeparation = 0.4
    /// Δz: by how much the mean radii differ.
    var sizeSeparation = 0.4
    /// Δbg: by how much bright and dark backgrounds differ.
    var backgroundSeparation = 0.4
    /// The mean radius over both sizes.
    var radius = 0.45
    /// The standard deviation of the blur of edges, in pixels.
    var blur = 1.0
    /// A factor on how far colours and radii are spread about their means.
    var spread = 1.0

    /// The standard deviation of the noise on each pixel.
    static let noise = 0.001
    /// The largest distance of a centre from the middle, along each axis.
    static let reach = 0.5
    /// No radius is drawn below.
    static let leastRadius = 0.1

    /// Numbers in a conditioning vector: shape 2, place 2, colour 3, size 1, background colour 3.
    static let conditionWidth = 11
    static let channels = 3

    var classes: [ConceptClass] { ConceptClass.all(conceptCount: concepts.count) }
    var trainedClasses: [ConceptClass] { classes.filter { $0.distance <= 1 } }
    /// Numbers in an image, shape `[size, size, channels]`.
    var pixelCount: Int { size * size * Self.channels }

    /// A range of values: a middle and how far they reach to both sides.
    struct Spread: Hashable, Sendable {
        let middle: Double
        let reach: Double

        /// - Parameter number: In (−1, 1).
        func value(at number: Float) -> Double { middle + reach * Double(number) }
    }

    func isSet(_ concept: Concept, in member: ConceptClass) -> Bool {
        concepts.firstIndex(of: concept).map { member.values[$0] } ?? false
    }

    /// Red, green and blue.
    func color(of member: ConceptClass) -> [Spread] {
        let (high, low) = (0.5 + colorSeparation / 2, 0.5 - colorSeparation / 2)
        let middles = isSet(.color, in: member) ? [low, low, high] : [high, low, low]
        return middles.map { Spread(middle: $0, reach: spread * colorSeparation / 8) }
    }

    /// A square counts by the radius of a disc of its area. The range is cut at `leastRadius`, so that its middle moves up.
    func radius(of member: ConceptClass) -> Spread {
        let sign: Double = isSet(.size, in: member) ? -1 : 1
        let middle = radius + sign * sizeSeparation / 2
        let reach = spread * 3 * sizeSeparation / 8
        let (low, high) = (max(middle - reach, Self.leastRadius), middle + reach)
        return Spread(middle: (low + high) / 2, reach: (high - low) / 2)
    }

    /// Red, green and blue alike.
    func background(of member: ConceptClass) -> Spread {
        let drop = isSet(.background, in: member) ? backgroundSeparation : 0
        return Spread(middle: 0.9 - drop, reach: 0.1)
    }
}
