/// The part of the plane that a figure shows, and what is around it on paper.
struct Frame {
    let low: Point
    let high: Point
    /// Between two tics, the same on both axes.
    let tic: Double

    /// The picture's width in pixels, as it is meant to be looked at.
    static let width = 900.0
    static let marginLeft = 78.0
    static let marginTop = 52.0
    static let marginBottom = 66.0

    /// Holds all points and the origin, with some air.
    init(points: [Point]) {
        let xs = points.map(\.x) + [0]
        let ys = points.map(\.y) + [0]
        var (low, high) = (
            Point(x: xs.min() ?? 0, y: ys.min() ?? 0), Point(x: xs.max() ?? 0, y: ys.max() ?? 0)
        )
        // A path along one axis still gets a plane around it.
        let extent = max(high.x - low.x, high.y - low.y)
        let air = extent > 0 ? 0.06 * extent : 1
        low = low - Point(x: air, y: air)
        high = high + Point(x: air, y: air)
        self.init(low: low, high: high)
        // Equal units on both axes; what is too tall or too flat to look at gets more air.
        self = fitted(ratio: min(max(ratio, Self.flattest), Self.tallest))
    }

    private init(low: Point, high: Point) {
        (self.low, self.high) = (low, high)
        tic = Self.roundStep(max(high.x - low.x, high.y - low.y) / 9)
    }

    /// Height over width.
    var ratio: Double { (high.y - low.y) / (high.x - low.x) }

    /// With more air above and below, or left and right, until it has this ratio.
    func fitted(ratio wanted: Double) -> Frame {
        var (low, high) = (low, high)
        if ratio > wanted {
            let missing = (high.y - low.y) / wanted - (high.x - low.x)
            low.x -= missing / 2
            high.x += missing / 2
        } else if ratio < wanted {
            let missing = (high.x - low.x) * wanted - (high.y - low.y)
            low.y -= missing / 2
            high.y += missing / 2
        }
        return Frame(low: low, high: high)
    }

    private static let tallest = 1.25
    private static let flattest = 0.5

    /// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
    private static func roundStep(_ least: Double) -> Double {
        var scale = 1.0
        while scale > least { scale /= 10 }
        while scale * 10 <= least { scale *= 10 }
        return [1, 2, 5].map { $0 * scale }.first { $0 >= least } ?? 10 * scale
    }
}
