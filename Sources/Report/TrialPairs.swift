internal import Sweeps

/// Holds what trials measured against the trials with the same seed at another value of an axis.
struct TrialPairs: Sendable {
    private let plan: Plan
    /// The cell that each is held against; nil where there is none, or it is left out itself.
    private let baseOfCell: [Int?]
    /// What finished trials measured, by number.
    private var measured: [Int: [MetricReference.Measurement]] = [:]

    init(_ pairing: TableSpec.Pairing, plan: Plan, condition: Condition?) throws {
        if let objection = plan.objection(to: pairing) { throw ReportError.wrongPairing(objection) }
        self.plan = plan
        let others = plan.axes.map(\.name).filter { $0 != pairing.axis }
        let rest = try Grouping(by: others, plan: plan, where: condition)
        let side = try Grouping(by: [pairing.axis], plan: plan, where: condition)
        var baseOfGroup = [Int?](repeating: nil, count: rest.groups.count)
        func isBase(_ cell: Int) -> Bool {
            side.groupOfCell[cell].map { side.groups[$0].values[0] == pairing.base } ?? false
        }
        for cell in 0..<plan.cellCount where isBase(cell) {
            rest.groupOfCell[cell].map { baseOfGroup[$0] = cell }
        }
        baseOfCell = (0..<plan.cellCount).map { cell in
            rest.groupOfCell[cell].flatMap { isBase(cell) ? nil : baseOfGroup[$0] }
        }
    }

    mutating func add(_ number: Int, _ measurements: [MetricReference.Measurement]) {
        measured[number] = measurements
    }

    /// A cell and the differences of each finished trial in it to its finished counterpart.
    ///
    /// Where one of the two events never came, the difference is counted as missing.
    var differences: [(cell: Int, measurements: [MetricReference.Measurement])] {
        measured.keys.sorted().compactMap { number in
            let cell = plan.cellIndex(ofTrial: number)
            guard let base = baseOfCell[cell], let own = measured[number],
                let other = measured[base * plan.seeds.count + plan.replicate(ofTrial: number)]
            else { return nil }
            return (cell, zip(own, other).map { $0.minus($1) })
        }
    }
}

extension MetricReference.Measurement {
    fileprivate func minus(_ other: Self) -> Self {
        switch (self, other) {
        case (.number(let own), .number(let other)): .number(own - other)
        case (.absent, _), (_, .absent): .absent
        case (.never, _), (_, .never): .never
        }
    }
}
