import Report
import Sweeps

/// R28: where text and code of the paper differ.
extension Claim {
    static let conflicts = Claim(
        "R28", "What the differences between text and code do",
        source: "text against published code",
        sweeps: ["conflicts", "conflicts-swing", "conflicts-flow"],
        criterion: "None: a table.",
        remark: """
            The text's σ is a standard deviation, the code passes a variance; the code adds a cluster at \
            the origin and biases; the published matrix figures have a_k² where the theory has a_k. A line \
            below says what R4 to R8 measure under each reading, the code's first.

            What is seen: the order in which concepts are learned (the sign of the bend) is the same under every \
            reading. Without a bias the cluster at the origin hardly matters; with one it does, and without that \
            cluster the weaker concept is not learned in 40 epochs, and swing-by no longer gets more frequent \
            with depth. A deviation in place of a variance slows the weaker concept. a_k² makes the matrix \
            flow swing more often than a_k.
            """
    ) { results in
        orders(results[0]) + swings(results[1]) + flows(results[2])
    }

    /// Origin and bias, the code's first.
    private static let switches: [(name: String, labels: [String: String])] =
        [("origin", "true"), ("no origin", "false")].flatMap { origin, hasOrigin in
            [("bias", "true"), ("no bias", "false")].map { bias, hasBias in
                (
                    name: "\(origin), \(bias)",
                    labels: ["task.origin": hasOrigin, "model.bias": hasBias]
                )
            }
        }

    private static func orders(_ results: SweepResults) -> [Finding] {
        ["variance", "deviation"].flatMap { reading in
            switches.flatMap { name, labels -> [Finding] in
                func cell(_ setting: String) -> SweepResults.Cell {
                    results.cell(labels.merging(["setting": "\(reading) \(setting)"]) { $1 })
                }
                func times(_ k: Int, _ settings: [String]) -> String {
                    settings.map { epochs(k, of: cell($0), in: results) }
                        .map { $0.map(Judge.text) ?? "never" }.joined(separator: ", ")
                }
                let signals = [".05", ".05 signal 2", ".05 signal 3"]
                let spreads = [".05", ".1", ".5", "1", "2"]
                let bends = signals.map { MeanAndError(cell($0).values("bend")) }
                    .map { $0.map { "\($0)" } ?? "none" }
                let rate = MeanAndError(cell(".05").values("terminal_rate"))
                let setting = "\(reading), \(name)"
                return [
                    Finding(
                        "R4, \(setting): T_1; T_2; bend at signals 1, 2, 3",
                        measured: [times(1, signals), times(2, signals)]
                            .joined(separator: "; ") + "; " + bends.joined(separator: ", "),
                        .report),
                    Finding(
                        "R5, \(setting): T_1 at \(reading)s .05 to 2",
                        measured: times(1, spreads), .report),
                    Finding(
                        "R6, \(setting): terminal rate",
                        measured: rate.map { "\($0)" } ?? "none", .report),
                ]
            }
        }
    }

    private static func swings(_ results: SweepResults) -> [Finding] {
        [("variance", "0.05"), ("deviation", "0.0025")].flatMap { reading, variance in
            switches.flatMap { name, labels -> [Finding] in
                func shares(_ networks: [String]) -> String {
                    ["[1,2]", "[2,4]"].map { signal in
                        let counts = networks.map { network in
                            let found = results.cell(
                                labels.merging([
                                    "network": network, "task.variance": variance,
                                    "task.signal": signal,
                                ]) { $1 }
                            ).swings(in: results)
                            return "\(found.count) of \(found.total)"
                        }
                        return counts.joined(separator: ", ") + " at \(signal)"
                    }.joined(separator: "; ")
                }
                return [
                    Finding(
                        "R7, \(reading), \(name): swings in 2 and in 64 dimensions",
                        measured: shares(["2 wide 4 layers", "64 wide 4 layers"]), .report),
                    Finding(
                        "R8, \(reading), \(name): swings with 1, 3 and 5 layers",
                        measured: shares(
                            ["3 wide 1 layer", "3 wide 3 layers", "3 wide 5 layers"]), .report),
                ]
            }
        }
    }

    private static func flows(_ results: SweepResults) -> [Finding] {
        results.cells.map { cell in
            let concepts = cell.labels["flow.concepts"] == "3" ? "origin" : "no origin"
            let reading = cell.labels["flow.deviation"] == "0.05" ? "deviation" : "variance"
            let names = ["flow.moment", "flow.initialization"].compactMap { cell.labels[$0] }
            return Finding(
                "matrix flow, \(names.joined(separator: ", ")), \(reading), \(concepts): swings",
                measured: Judge.text(cell.share("swing")), .report)
        }
    }
}
