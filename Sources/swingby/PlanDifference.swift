import Store
import Sweeps

/// `plan --diff`: the trials of a sweep file beside those of a sweep that the store has.
struct PlanDifference {
    private let stored: String
    private let file: String
    /// Numbers of the file's trials that the stored sweep has not.
    private let lacking: [Int]
    /// Numbers of the stored sweep's trials that the file has not.
    private let beyond: [Int]
    private let common: Int

    init(of sweep: SweepFile, from other: OpenedSweep) {
        stored = other.sweep.name
        file = sweep.name
        let own = Self.identities(of: sweep.plan)
        let others = Self.identities(of: other.file.plan)
        let (known, wanted) = (Set(others), Set(own))
        lacking = own.indices.filter { !known.contains(own[$0]) }.map { $0 + 1 }
        beyond = others.indices.filter { !wanted.contains(others[$0]) }.map { $0 + 1 }
        common = own.count - lacking.count
    }

    private static func identities(of plan: Plan) -> [Digest256] {
        (1...plan.trialCount).map { plan.trial($0).spec.identity }
    }

    func show(json: Bool) {
        if json {
            Terminal.printJSON([
                "schema": 1, "name": .string(file), "sweep": .string(stored),
                "common": .integer(common), "lacking": .array(lacking.map { .integer($0) }),
                "beyond": .array(beyond.map { .integer($0) }),
            ])
            return
        }
        print("\(common) trials are in both")
        print("\(stored) lacks \(lacking.count) trials of the file\(Self.list(lacking))")
        print("\(stored) has \(beyond.count) trials beyond the file\(Self.list(beyond))")
    }

    /// `: 1-4, 9`, or nothing.
    private static func list(_ numbers: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = ranges.last, last.upperBound == number - 1 {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        let texts = ranges.prefix(20).map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }
        let more = ranges.count > 20 ? " …" : ""
        return texts.isEmpty ? "" : ": " + texts.joined(separator: ", ") + more
    }
}
