import Sweeps

/// R13: the losses of all combinations of concepts.
extension Claim {
    static let hierarchy = Claim(
        "R13", "The more concepts a point combines, the larger its loss",
        source: "App. B and Fig. 7", sweeps: ["fig7"], pursuit: ["fig7-more"],
        criterion: """
            The share of ordered pairs, without those of the origin, is at least .97 after each of epochs 0 \
            to 5 in each cell: the mean over seeds, by two standard errors. With the origin it is \
            reported.
            """,
        remark: """
            A pair is ordered where the combination that has all concepts of the other, and more, has no \
            smaller loss. No cluster lies at the origin, and with a bias it is learned late, so it is no \
            part of the criterion. Where the row is open it is by two layers with ReLU at variance .5 after \
            epoch 2, while losses cross; the last lines hold that cell against 400 seeds.
            """
    ) { results in
        let more = results[1].cells[0].finished.map(NodeLosses.init)
        return results[0].cells.flatMap { cell -> [Finding] in
            let name = ["network", "task.variance"].compactMap { cell.labels[$0] }
                .joined(separator: ", variance ")
            let trials = cell.finished.map(NodeLosses.init)
            let inner = (0...5).map { epoch in
                Judge.atLeast(
                    "ordered pairs of \(name), epoch \(epoch),",
                    trials.compactMap { $0.orderedShare(epoch: epoch, withOrigin: false) }, 0.97)
            }
            let all = (0...5).map { epoch in
                MeanAndError(
                    trials.compactMap { $0.orderedShare(epoch: epoch, withOrigin: true) })
            }
            let text = all.map { $0.map { Judge.text($0.mean) } ?? "none" }
            return inner + [
                Finding(
                    "with the origin, \(name), epochs 0 to 5",
                    measured: text.joined(separator: ", "), .report)
            ]
        }
            + [1, 2, 3].map { epoch in
                Judge.atLeast(
                    "400 seeds: ordered pairs of 2 ReLU layers, variance 0.5, epoch \(epoch),",
                    more.compactMap { $0.orderedShare(epoch: epoch, withOrigin: false) }, 0.97
                ).reported
            }
    }
}

/// The losses at the 2ˢ combinations of concepts that a trial has logged.
struct NodeLosses {
    /// A curve each; its digits say which concepts it has.
    private let curves: [(has: Set<Int>, losses: [Double])]

    init(_ result: TrialResult) {
        let prefix = "node_loss/"
        curves = result.curves.filter { $0.name.hasPrefix(prefix) }.map { curve in
            let digits = curve.name.dropFirst(prefix.count).enumerated()
            return (Set(digits.filter { $0.element == "1" }.map(\.offset)), curve.values)
        }
    }

    /// Of all pairs of which one combination has all concepts of the other and more, the share in
    /// which it has no smaller loss.
    ///
    /// - Parameter epoch: Where each epoch's end is logged and nothing else.
    /// - Returns: nil where there is no such point.
    func orderedShare(epoch: Int, withOrigin: Bool) -> Double? {
        var (ordered, count) = (0, 0)
        for lower in curves where withOrigin || !lower.has.isEmpty {
            for upper in curves where lower.has.isStrictSubset(of: upper.has) {
                guard epoch < lower.losses.count, epoch < upper.losses.count else { return nil }
                count += 1
                if lower.losses[epoch] <= upper.losses[epoch] { ordered += 1 }
            }
        }
        return count > 0 ? Double(ordered) / Double(count) : nil
    }
}
