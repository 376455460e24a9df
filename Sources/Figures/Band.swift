/// The outline of the ground that boxes sweep on their way, one box for each time.
///
/// A box spans two quantiles of each coordinate. The outline runs through the corner of each box
/// that is farthest to the left of the way, and back through those farthest to the right.
struct Band {
    let low: [Point]
    let high: [Point]

    init(low: [Point], high: [Point]) {
        precondition(low.count == high.count, "\(low.count) corners, \(high.count) opposite ones")
        self.low = low
        self.high = high
    }

    /// Clockwise where the way goes up; not closed.
    var outline: [Point] {
        guard !low.isEmpty else { return [] }
        let headings = low.indices.map(heading)
        let left = low.indices.map {
            corner($0, towards: Point(x: -headings[$0].y, y: headings[$0].x))
        }
        let right = low.indices.map {
            corner($0, towards: Point(x: headings[$0].y, y: -headings[$0].x))
        }
        let end = low.count - 1
        return [corner(0, towards: -1 * headings[0])] + left
            + [corner(end, towards: headings[end])] + right.reversed()
    }

    /// The corner of a box that lies farthest in a direction.
    private func corner(_ i: Int, towards direction: Point) -> Point {
        Point(
            x: direction.x < 0 ? low[i].x : high[i].x, y: direction.y < 0 ? low[i].y : high[i].y)
    }

    /// Where the way leads at a box: from where it was to where it will be a box's size off, so
    /// that the jitter of a path that has all but arrived does not turn the outline about.
    private func heading(_ i: Int) -> Point {
        let centre = 0.5 * (low[i] + high[i])
        let reach = (high[i] - low[i]).squaredLength / 4
        func isFar(_ j: Int) -> Bool {
            (0.5 * (low[j] + high[j]) - centre).squaredLength > reach
        }
        let before = low.indices.prefix(i).last(where: isFar) ?? 0
        let after = low.indices.dropFirst(i).first(where: isFar) ?? low.count - 1
        return 0.5 * (low[after] + high[after]) - 0.5 * (low[before] + high[before])
    }
}
