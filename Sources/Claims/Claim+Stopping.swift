import Report
import Sweeps

/// X1: what early stopping does to runs that swing by.
extension Claim {
    static let stopping = Claim(
        "X1", "Early stopping ends runs that swing by and would have learned",
        source: "", sweeps: ["stopping"],
        criterion: """
            At each signal, a patience of 2 epochs stops a larger share of the swinging runs that end \
            learned than of the others that do (Fisher's exact test, p < .001): as first set, and counting \
            only what was stopped before it had learned. Other rules are reported.
            """,
        remark: """
            A run ends learned where its last loss at the unseen point is under 1 % of ½‖x̂‖². It swings as in R8, \
            seen at epoch ends. Patience stops a run that has had no new minimum for so many epochs; the \
            median rule one whose least loss so far is above the median over the runs of their mean loss so \
            far, from epoch 2 on; halving keeps the better half of the runs left after epochs 1, 2, 4, 8 and 16.

            The first form of the criterion also counts runs that are stopped at the bottom, where noise alone \
            brings no new minimum; the second was added when the first run had shown that. Neither \
            was committed before that run: take the row as exploratory.
            """
    ) { results in
        results[0].cells.flatMap { cell -> [Finding] in
            let signal = cell.labels["task.signal"] ?? ""
            let runs = StoppableRuns(cell, in: results[0])
            guard !runs.losses.isEmpty else { return [Judge.missing("runs at \(signal)")] }
            func patience(_ epochs: Int, _ level: Double = 0) -> StoppableRuns.Counts {
                runs.stopped { StoppableRuns.patience(epochs, $0, above: level) }
            }
            let level = runs.learnedLevel
            let rules: [(name: String, counts: StoppableRuns.Counts)] = [
                ("patience of 1 epoch, before they had learned", patience(1, level)),
                ("patience of 4 epochs, before they had learned", patience(4, level)),
                ("median rule", runs.stoppedByMedian),
                ("halving", runs.stoppedByHalving),
            ]
            return [
                Self.more("patience of 2 epochs, signal \(signal)", patience(2)),
                Self.more(
                    "patience of 2 epochs, before they had learned, signal \(signal)",
                    patience(2, level)),
            ]
                + rules.map { rule in
                    Finding(
                        "\(rule.name), signal \(signal): stopped of those that swing and learn, of "
                            + "others that learn", measured: rule.counts.text, .report)
                }
        }
    }

    private static func more(_ name: String, _ counts: StoppableRuns.Counts) -> Finding {
        let what = "\(name): more of those that swing and learn are stopped than of others"
        guard counts.swinging.total > 0, counts.others.total > 0 else {
            return Judge.missing(what)
        }
        let p = counts.swinging.exactTest(against: counts.others)
        let isMore = counts.swinging.share > counts.others.share
        return Judge.holds(
            what, isMore && p < 0.001, measured: "\(counts.text), p = \(Judge.text(p))")
    }
}

/// The losses of a cell's runs, and which of them a rule would have stopped.
struct StoppableRuns {
    struct Counts {
        /// Stopped, of the runs that swing and end learned.
        let swinging: Proportion
        /// Stopped, of the other runs that end learned.
        let others: Proportion

        var text: String { "\(Judge.text(swinging)), \(Judge.text(others))" }
    }

    /// A list a run, a loss an epoch.
    let losses: [[Double]]
    /// The loss under which a run has learned.
    let learnedLevel: Double
    private let swings: [Bool]
    private let isLearned: [Bool]

    init(losses: [[Double]], scale: Double) {
        self.losses = losses
        learnedLevel = 0.01 * scale
        swings = losses.map { losses in
            guard let turn = Turn(losses), let last = losses.last else { return false }
            return (turn.high - turn.low) / scale > 0.01 && last < turn.low
        }
        isLearned = losses.map { ($0.last ?? .infinity) < 0.01 * scale }
    }

    init(_ cell: SweepResults.Cell, in results: SweepResults) {
        guard
            case .scale(let scale)? = results.plan.kind.reference(
                of: "ood_loss", in: cell.configuration)
        else {
            self.init(losses: [], scale: 1)
            return
        }
        self.init(losses: cell.finished.compactMap { $0.curve("ood_loss")?.values }, scale: scale)
    }

    /// Whether the first stretch of so many epochs without a new minimum comes while the loss has
    /// not been under `level`.
    static func patience(_ epochs: Int, _ losses: [Double], above level: Double = 0) -> Bool {
        var lowest = 0
        for i in losses.indices {
            if losses[i] < losses[lowest] { lowest = i }
            if i - lowest >= epochs { return losses[lowest] >= level }
        }
        return false
    }

    func stopped(_ isStopped: ([Double]) -> Bool) -> Counts { counts(losses.map(isStopped)) }

    var stoppedByMedian: Counts {
        var isStopped = losses.map { _ in false }
        for epoch in 2..<max(2, losses.map(\.count).min() ?? 0) {
            let means = losses.map { $0[...epoch].reduce(0, +) / Double(epoch + 1) }.sorted()
            guard let median = means.sortedQuantile(0.5) else { continue }
            for run in losses.indices {
                if let least = losses[run][...epoch].min(), least > median {
                    isStopped[run] = true
                }
            }
        }
        return counts(isStopped)
    }

    var stoppedByHalving: Counts {
        var left = Array(losses.indices)
        for epoch in [1, 2, 4, 8, 16] where losses.allSatisfy({ epoch < $0.count }) {
            // Equal losses keep their order.
            let ranked = left.sorted { (losses[$0][epoch], $0) < (losses[$1][epoch], $1) }
            left = Array(ranked.prefix((ranked.count + 1) / 2))
        }
        let kept = Set(left)
        return counts(losses.indices.map { !kept.contains($0) })
    }

    private func counts(_ isStopped: [Bool]) -> Counts {
        func proportion(swinging: Bool) -> Proportion {
            let runs = losses.indices.filter { isLearned[$0] && swings[$0] == swinging }
            return Proportion(runs.count { isStopped[$0] }, of: runs.count)
        }
        return Counts(swinging: proportion(swinging: true), others: proportion(swinging: false))
    }
}
