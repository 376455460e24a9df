import Report
import Sweeps

extension SweepResults.Cell {
    /// Seeds whose `ood_loss` rises by over 1 % of ½‖x̂‖² and ends below its minimum before.
    func swings(in results: SweepResults) -> Proportion {
        Proportion(rises(in: results).count, of: finished.count)
    }

    /// ρ of each seed that swings.
    ///
    /// - Parameter interval: Only every so many-th step is looked at.
    func rises(in results: SweepResults, every interval: Int = 1) -> [Double] {
        finished.compactMap { rise(of: $0, in: results, every: interval) }
            .filter { $0.share > 0.01 && $0.hasFallen }.map(\.share)
    }

    /// The largest rise of a seed's `ood_loss`.
    ///
    /// - Returns: nil where it never rises.
    func rise(
        of result: TrialResult, in results: SweepResults, every interval: Int = 1
    ) -> Rise? {
        guard
            case .scale(let scale)? = results.plan.kind.reference(
                of: "ood_loss", in: configuration),
            let curve = result.curve("ood_loss")
        else { return nil }
        let losses = zip(curve.steps, curve.values).filter { Int($0.0) % interval == 0 }.map(\.1)
        guard let turn = Turn(losses), let last = losses.last else { return nil }
        return Rise(turn: turn, share: (turn.high - turn.low) / scale, hasFallen: last < turn.low)
    }
}

/// How far a loss rises.
struct Rise {
    let turn: Turn
    /// ρ: of what is large for the loss.
    let share: Double
    /// Whether it ends below its minimum before the rise.
    let hasFallen: Bool
}
