import Foundation
import Testing

@testable import Store
@testable import Sweeps

/// A trial kind of one number, for plans; it is never run.
struct TestKind: TrialKind {
    var version = 1
    let name = "test"
    let parameters = [Parameter("x", .number(0...1000), "A number.")]

    func complete(_ given: Configuration) throws(ConfigurationError) -> Configuration { given }
    func metrics(of configuration: Configuration) -> [Metric] { [] }
    func steps(per unit: String, of configuration: Configuration) -> Double? { nil }
    func theory(of configuration: Configuration) -> Theory? { nil }
    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        throw CancellationError()
    }
}

/// A cell for each value, `seeds` replicates each.
func testPlan(_ name: String, values: [Double], seeds: Int = 1, version: Int = 1) -> Plan {
    let axis = Axis(name: "x", keys: ["x"], rows: values.map { [.number($0)] })
    return try! Plan(
        name: name, kind: TestKind(version: version), axes: [axis], seeds: Seeds(count: seeds),
        fixed: Configuration())
}

/// Stands for the digest of a plan: equal for equal trials.
func submission(of plan: Plan, run: RunSettings = RunSettings()) -> SweepSubmission {
    let specs = (1...plan.trialCount).map { plan.trial($0).spec.canonicalText }
    return SweepSubmission(
        path: "\(plan.name).yaml", text: "name: \(plan.name)\n", overrides: ["x=1,2", "a=\"b\""],
        planDigest: Digest256(hashing: specs.joined(separator: "\n").utf8), run: run)
}

/// A new directory that goes when the test ends.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("swingby-store-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        path = place.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Where tests put a store: not there at first.
    var store: String { path + "/store" }
    var database: String { store + "/store.sqlite" }

    func mode(_ name: String) throws -> Int? {
        let facts = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return facts[.posixPermissions] as? Int
    }

    func names(in name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + name).sorted()
    }
}

extension TrialStore {
    @discardableResult
    func insert(_ plan: Plan, at now: Int64 = 1000) throws -> InsertedSweep {
        try insert(submission(of: plan), plan: plan, at: now)
    }
}

func lease(_ token: UInt32, trial: UInt32, attempt: Int = 1, worker: String = "w1") -> Lease {
    Lease(
        token: LeaseToken(token), trial: TrialID(trial), attempt: attempt,
        worker: WorkerID(worker)!)
}

/// A result that depends on `seed` alone.
func result(_ seed: UInt32, outcome: Outcome = .finished) -> TrialResult {
    let values = (0..<4).map { Double(seed) + Double($0) / 10 }
    return TrialResult(
        outcome: outcome, digest: Digest256(hashing: "result \(seed) \(outcome)".utf8),
        curves: [
            Curve(name: "train_loss", steps: [0, 20, 40, 60], values: values),
            Curve(name: "ood_loss", steps: [0, 20, 40, 60], values: values.map { $0.rounded() }),
            Curve(name: "late", steps: [seed], values: [.infinity]),
        ],
        scalars: [
            Scalar(name: "learning_time/1", value: Double(seed)),
            Scalar(name: "learning_time/2", value: nil),
        ])
}
