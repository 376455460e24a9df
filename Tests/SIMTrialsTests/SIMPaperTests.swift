import Sweeps
import Testing

@testable import SIMTrials

/// Statements of the paper on more than the one-layer model of two concepts; the root seed is that
/// of the reproduction.
@Suite("Hierarchy and truncation on the SIM task")
struct SIMPaperTests {
    private func seeds(_ count: Int) -> [UInt64] {
        let seeds = Seeds(count: count, root: 2410)
        return (1...count).map { seeds.seed(replicate: $0) }
    }

    /// Of two nodes, one with a part of the other's concepts, that one has the smaller loss: in at
    /// least 97 % of such pairs without the origin, at each epoch's end.
    ///
    /// - SeeAlso: arXiv:2410.08309, Appendix B and Figure 7.
    @Test("has a hierarchy of losses over the combinations of concepts")
    func hierarchy() throws {
        let values: [String: Value] = [
            "task.kind": "concepts", "task.signal": [1, 2, 3, 4], "task.variance": 0.5,
            "train.epochs": 5, "log.every": 157, "measure.nodes": true,
        ]
        let results = try seeds(10).map { try run(values, seed: $0) }
        let epochs = [0, 157, 314, 471, 628, 785] as [UInt32]
        try #require(results.allSatisfy { $0.curves[0].steps == epochs })
        let names = Nodes.names(conceptCount: 4)
        for epoch in epochs.indices {
            var (ordered, pairs) = (0, 0)
            for result in results {
                let losses = names.map { result.values($0)[epoch] }
                for u in 1..<16 {
                    for v in 1..<16 where u != v && u & v == u {
                        pairs += 1
                        if losses[u] <= losses[v] { ordered += 1 }
                    }
                }
            }
            #expect(pairs == 500)
            #expect(Double(ordered) >= 0.97 * Double(pairs), "epoch \(epoch): \(ordered)")
        }
    }

    /// Without the few points near the OOD point, the output goes the same way: nowhere further
    /// apart than 5 % of x̂.
    ///
    /// - SeeAlso: arXiv:2410.08309, section F.3, Figures 15 and 16.
    @Test("takes the same way without the points near the OOD point")
    func truncation() throws {
        let values: [String: Value] = [
            "task.dimension": 3, "model.hidden": 3, "model.layers": 3, "task.rotation": false,
            "train.learning_rate": 0.01,
        ]
        let length = 5.0.squareRoot()
        for seed in seeds(5) {
            let whole = try run(values, seed: seed)
            let truncated = try run(values.merging(["task.kind": "truncated"]) { $1 }, seed: seed)
            let rejected = try #require(truncated.scalar("rejected_points") ?? nil)
            #expect((15.0...90).contains(rejected))
            let distances = whole.curves[0].steps.indices.map { i in
                (1...2).reduce(0.0) { sum, k in
                    let name = "output/\(k)"
                    let difference = whole.values(name)[i] - truncated.values(name)[i]
                    return sum + difference * difference
                }.squareRoot()
            }
            #expect((distances.max() ?? 0) < 0.05 * length)
            #expect((distances.max() ?? 0) > 0)
        }
    }
}
