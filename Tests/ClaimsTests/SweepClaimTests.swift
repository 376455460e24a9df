import Report
import Sweeps
import Testing

@testable import Claims

/// Claims on made-up trials: what is judged is the judgement.
@Suite("A claim on a sweep")
struct SweepClaimTests {
    typealias Made = ClaimTests

    static func losses(_ values: [Double]) -> Curve {
        Curve(name: "ood_loss", steps: (0..<UInt32(values.count)).map { 20 * $0 }, values: values)
    }

    static let swinging = [2.0, 0.5, 1, 0.1]
    static let falling = [2.0, 1, 0.5, 0.1]

    @Test(
        "of 64 dimensions takes a count by its anchor, and says what the strict reading is",
        arguments: [(3, Verdict.pass), (50, .fail)])
    func dimensions(swingCount: Int, verdict: Verdict) throws {
        let own = Made.results(of: try Made.plan("fig2c")) { cell, replicate in
            let isHigh = cell["task.dimension"]?.number == 64
            let swings = isHigh ? replicate <= swingCount : replicate <= 24
            return Made.result([], curves: [Self.losses(swings ? Self.swinging : Self.falling)])
        }
        let more = Made.results(of: try Made.plan("fig2c-more", ["seeds.count=4"])) { _, _ in
            Made.result([], curves: [Self.losses(Self.swinging)])
        }
        let findings = try Made.claim("R7").findings([own, more])
        #expect(findings.verdict == verdict, "\(findings)")
        let strict = findings.filter { $0.measured.hasSuffix("by itself fail") }
        #expect(strict.count == 2 && strict.allSatisfy { $0.verdict == .report }, "\(findings)")
        #expect(
            findings.first { $0.what.hasPrefix("of these") }?.measured == "0",
            "logged steps that are no epoch's ends count: \(findings)")
    }

    /// The selected seed's output at its loss's minimum and maximum.
    @Test(
        "of three layers looks where the seed of the largest rise goes",
        arguments: [(0.2, Verdict.pass), (0.9, .fail)])
    func bend(outputAtMaximum: Double, verdict: Verdict) throws {
        func results(_ plan: Plan) -> SweepResults {
            Made.results(of: plan) { cell, _ in
                let center = cell["task.signal"]?.numbers?.last ?? 0
                let steps: [UInt32] = [0, 20, 40, 60]
                return Made.result(
                    [],
                    curves: [
                        Self.losses(Self.swinging),
                        Curve(
                            name: "output/1", steps: steps, values: [0, 0.5, outputAtMaximum, 1]),
                        Curve(
                            name: "output/2", steps: steps,
                            values: [0, center, center, center]),
                    ])
            }
        }
        let findings = try Made.claim("R10").findings([
            results(try Made.plan("depth")),
            results(try Made.plan("depth-more", ["seeds.count=2"])),
        ])
        let bends = findings.filter { $0.what.contains("training centre") }
        #expect(bends.map(\.verdict) == [verdict, verdict], "\(findings)")
        #expect(bends[0].measured.hasPrefix("(0.5, 2) to (\(outputAtMaximum), 2)"))
    }

    @Test(
        "of learning times holds them against ln 10 / a",
        arguments: [(1.04, Verdict.pass), (1.06, .fail)])
    func learningTime(factor: Double, verdict: Verdict) throws {
        let plan = try Made.plan("learning-time")
        let results = Made.results(of: plan) { cell, _ in
            let pairs = zip(
                cell["task.signal"]?.numbers ?? [], cell["task.deviation"]?.numbers ?? [])
            let stepsPerTime = plan.kind.steps(per: "time", of: cell) ?? 1
            return Made.result(
                pairs.enumerated().map { k, pair in
                    let moment = pair.1 * pair.1 + pair.0 * pair.0 / 2
                    return Scalar(
                        name: "learning_time/\(k + 1)",
                        value: factor * 2.302585093 / moment * stepsPerTime)
                })
        }
        let findings = try Made.claim("R3").findings([results])
        #expect(findings.verdict == verdict, "\(findings)")
    }

    @Test("of combinations counts pairs, with the origin and without")
    func hierarchy() {
        let losses = ["00": 3.0, "01": 1, "10": 2, "11": 1.5]
        let result = Made.result(
            [],
            curves: losses.map {
                Curve(name: "node_loss/\($0.key)", steps: [0], values: [$0.value])
            })
        let nodes = NodeLosses(result)
        #expect(nodes.orderedShare(epoch: 0, withOrigin: false) == 0.5)
        #expect(nodes.orderedShare(epoch: 0, withOrigin: true) == 1.0 / 5)
        #expect(nodes.orderedShare(epoch: 1, withOrigin: false) == nil)
    }

    @Test("of paths takes the distance of lines, however fast they are taken")
    func paths() {
        let path = Path(points: [(0, 0), (1, 0), (2, 0)])
        let slow = Path(points: [(0, 0), (0.1, 0), (2, 0)])
        let beside = Path(points: [(0, 0.5), (2, 0.5)])
        #expect(path.distance(to: slow) == 0)
        #expect(path.stepwiseDistance(to: slow) == 0.9)
        #expect(path.distance(to: beside) == 0.5)
        #expect(path.distance(to: Path(points: [(0, 0)])) == 2)
    }

    @Test("of truncation holds each seed's paths against the limit", arguments: [0.1, 0.2])
    func truncation(offset: Double) throws {
        let results = Made.results(of: try Made.plan("fig15")) { cell, replicate in
            let isTruncated = cell["task.kind"]?.text == "truncated"
            let isOff = isTruncated && replicate == 20
            let steps: [UInt32] = [0, 20]
            return Made.result(
                isTruncated ? [Scalar(name: "rejected_points", value: 42)] : [],
                curves: [
                    Curve(name: "output/1", steps: steps, values: [0, isOff ? offset : 0]),
                    Curve(name: "output/2", steps: steps, values: [0, 2]),
                ])
        }
        let findings = try Made.claim("R22").findings([results])
        #expect(findings.verdict == (offset < 0.05 * 5.0.squareRoot() ? .pass : .fail))
        #expect(findings[1].measured == "0.0028", "\(findings)")
    }

    @Test("that has diverged keeps the event that it had before", arguments: [17_000.0, nil])
    func diverged(exit: Double?) throws {
        func results(_ name: String) throws -> SweepResults {
            Made.results(of: try Made.plan(name)) { cell, _ in
                let isLong =
                    cell["flow.step_size"]?.number == 0.01
                    && cell["flow.stepper"]?.text == "euler"
                    && cell["flow.moment"]?.text == "squared"
                return TrialResult(
                    outcome: isLong ? .diverged(step: 17_250) : .finished, curves: [],
                    scalars: [Scalar(name: "psd_exit", value: isLong ? exit : nil)], weights: [])
            }
        }
        let findings = try Made.claim("R17").findings([results("fig10"), results("fig10-flow")])
        #expect(findings[0].verdict == (exit == nil ? .fail : .pass), "\(findings[0])")
    }

    @Test("of stopping counts what each rule ends, of those that swing and of others")
    func stopping() {
        // The first swings, the second falls, the third never learns.
        let runs = StoppableRuns(
            losses: [[4, 1, 2, 2, 0.5, 0], [4, 3, 2, 1, 0.5, 0], [4, 4, 4, 4, 4, 4]], scale: 4)
        func text(_ counts: StoppableRuns.Counts) -> [Int] {
            [
                counts.swinging.count, counts.swinging.total, counts.others.count,
                counts.others.total,
            ]
        }
        #expect(text(runs.stopped { StoppableRuns.patience(2, $0) }) == [1, 1, 0, 1])
        #expect(text(runs.stopped { StoppableRuns.patience(3, $0) }) == [0, 1, 0, 1])
        let early = runs.stopped { StoppableRuns.patience(2, $0, above: 1.5) }
        #expect(text(early) == [0, 1, 0, 1], "its loss had been 1")
        #expect(text(runs.stoppedByMedian) == [0, 1, 0, 1])
        // Two of three are kept after epoch 1, one of them after epoch 2: the first, by its place.
        #expect(text(runs.stoppedByHalving) == [0, 1, 1, 1])
    }
}
