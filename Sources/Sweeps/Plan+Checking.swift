extension Plan {
    /// More trials than this are a mistake in the file.
    static let trialLimit = 10_000_000

    /// A point of the grid whose values do not fit together.
    struct Misfit {
        let error: ConfigurationError
        /// The row of each axis.
        let rows: [Int]
    }

    /// How many points the axes span; nil where that is over any limit.
    static func pointCount(axes: [Axis]) -> Int? {
        var count = 1
        for axis in axes {
            let (product, overflow) = count.multipliedReportingOverflow(by: axis.rows.count)
            if overflow { return nil }
            count = product
        }
        return count
    }

    /// Completes every point of the grid once, and leaves out those that equal an earlier one.
    ///
    /// - Returns: The points that are cells, or nil where all are; and the first misfit of each
    ///   kind, up to a few.
    static func check(
        kind: any TrialKind, axes: [Axis], fixed: Configuration
    ) -> (distinctPoints: [Int]?, misfits: [Misfit]) {
        let pointCount = pointCount(axes: axes) ?? 0
        var misfits: [Misfit] = []
        // As long as all points are distinct there is no need for their list.
        var distinct: [Int]?
        // Points by the hash of their configuration; keeping these would take too much memory.
        var known: [Int: Int] = [:]
        known.reserveCapacity(pointCount)
        for point in 0..<pointCount {
            let rows = rows(ofPoint: point, axes: axes)
            let given = given(fixed: fixed, axes: axes, rows: rows)
            do {
                let complete = try kind.complete(given)
                var hash = complete.hashValue
                while let earlier = known[hash], try !isEqual(complete, toPoint: earlier) {
                    hash &+= 1
                }
                if known[hash] == nil {
                    known[hash] = point
                    distinct?.append(point)
                } else if distinct == nil {
                    distinct = Array(0..<point)
                }
            } catch {
                if !misfits.contains(where: { $0.error == error }) {
                    misfits.append(Misfit(error: error, rows: rows))
                }
                if misfits.count == 20 { break }
            }
        }

        func isEqual(
            _ configuration: Configuration, toPoint point: Int
        ) throws(ConfigurationError) -> Bool {
            let rows = rows(ofPoint: point, axes: axes)
            return try kind.complete(given(fixed: fixed, axes: axes, rows: rows)) == configuration
        }
        return (distinct, misfits)
    }

    /// Stands for all that the plan's trials depend on: two files with the same identity plan the
    /// same trials in the same order. Names and labels are not part of it.
    public var identity: Digest256 {
        var text = "\(Value.quoted(kind.name)) \(kind.version)\n\(fixed.canonicalText)\n"
        for axis in axes {
            text += Value.list(axis.keys.map(Value.text)).canonicalText
            text += Value.list(axis.rows.map(Value.list)).canonicalText + "\n"
        }
        text += "\(seeds.count) \(seeds.root)"
        return Digest256(hashing: text.utf8)
    }
}
