internal import Sweeps

/// A point of the plane.
struct Point: Hashable {
    var x: Double
    var y: Double

    static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
    static func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
    static func * (scale: Double, a: Point) -> Point { Point(x: scale * a.x, y: scale * a.y) }

    var squaredLength: Double { x * x + y * y }

    /// From the nearest point of the straight line between two others.
    func squaredDistance(from start: Point, to end: Point) -> Double {
        let (way, own) = (end - start, self - start)
        let length = way.squaredLength
        let share = length > 0 ? min(1, max(0, (own.x * way.x + own.y * way.y) / length)) : 0
        return (own - share * way).squaredLength
    }
}

/// A way through the plane: where one trial was when.
struct Track: Hashable {
    /// Ascending.
    private(set) var times: [Double] = []
    private(set) var points: [Point] = []

    init(times: [Double], points: [Point]) {
        self.times = times
        self.points = points
    }

    /// Two curves against each other, at the steps of the first one that the second one spans.
    ///
    /// - Returns: nil where they have no step in common, or a value that is not finite.
    init?(x: Curve, y: Curve, stepsPerUnit: Double) {
        let ySteps = y.steps.map(Double.init)
        for (step, value) in zip(x.steps, x.values) {
            guard let place = Place(of: Double(step), in: ySteps) else { continue }
            times.append(Double(step) / stepsPerUnit)
            points.append(
                Point(x: value, y: place.mix(y.values[place.index], y.values[place.next])))
        }
        guard !points.isEmpty, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
            return nil
        }
    }

    /// Where it is at a time, on the straight line between two points; nil before and after.
    func point(at time: Double) -> Point? {
        guard let place = Place(of: time, in: times) else { return nil }
        let (a, b) = (points[place.index], points[place.next])
        return Point(x: place.mix(a.x, b.x), y: place.mix(a.y, b.y))
    }

    /// The points at whole multiples of `interval`, as far as the track goes.
    ///
    /// An interval far below what can be told apart on paper ends after 10,000 points.
    func sampled(every interval: Double) -> Track {
        guard let end = times.last, interval > 0 else { return Track(times: [], points: []) }
        // An end that rounding put just before a multiple still counts as that multiple.
        let count = Int(min(end / interval + 1e-9, 10_000))
        let times = (0...count).map { min(Double($0) * interval, end) }
            .filter { point(at: $0) != nil }
        return Track(times: times, points: times.compactMap(point))
    }

    /// With fewer points: none that is left out lies farther from the line than `reach`.
    ///
    /// - SeeAlso: Ramer 1972; Douglas, Peucker 1973.
    func simplified(within reach: Double) -> Track {
        guard points.count > 2 else { return self }
        var isKept = points.map { _ in false }
        (isKept[0], isKept[points.count - 1]) = (true, true)
        var parts = [(0, points.count - 1)]
        while let (start, end) = parts.popLast() {
            var (farthest, distance) = (start, reach * reach)
            for i in points.indices[start...end] {
                let found = points[i].squaredDistance(from: points[start], to: points[end])
                if found > distance { (farthest, distance) = (i, found) }
            }
            guard farthest > start else { continue }
            isKept[farthest] = true
            parts += [(start, farthest), (farthest, end)]
        }
        let kept = points.indices.filter { isKept[$0] }
        return Track(times: kept.map { times[$0] }, points: kept.map { points[$0] })
    }

    /// A quantile of each coordinate over the tracks, at the times of the first one that all span.
    static func quantile(_ q: Double, of tracks: [Track]) -> Track {
        var (times, points): ([Double], [Point]) = ([], [])
        for time in tracks.first?.times ?? [] {
            let found = tracks.compactMap { $0.point(at: time) }
            guard found.count == tracks.count,
                let x = found.map(\.x).sorted().sortedQuantile(q),
                let y = found.map(\.y).sorted().sortedQuantile(q)
            else { continue }
            times.append(time)
            points.append(Point(x: x, y: y))
        }
        return Track(times: times, points: points)
    }
}

/// A place between two of ascending numbers.
private struct Place {
    let index: Int
    let next: Int
    /// How far from the one to the other, 0 to 1.
    let weight: Double

    /// - Returns: nil outside of them.
    init?(of number: Double, in ascending: [Double]) {
        guard let first = ascending.first, let last = ascending.last, first <= number,
            number <= last
        else { return nil }
        var (low, high) = (0, ascending.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if ascending[middle] <= number { low = middle } else { high = middle }
        }
        index = low
        let rest = number - ascending[low]
        next = rest > 0 ? low + 1 : low
        weight = rest > 0 ? rest / (ascending[next] - ascending[low]) : 0
    }

    func mix(_ a: Double, _ b: Double) -> Double { weight == 0 ? a : a + (b - a) * weight }
}
