import Foundation
import Sweeps
import Synchronization

/// `plan --estimate`: what a sweep would take, from a few of its trials that are really trained.
struct PlanEstimate {
    /// A trial of the pilot.
    struct Sample {
        let number: Int
        let seconds: Double
        /// Whether it was ended early, and its time told from how far it was.
        let isCut: Bool
        /// nil where it was ended early.
        let result: TrialResult?
    }

    /// A trial that takes longer is ended, and its whole time is told from its progress.
    private static let secondsPerTrial = 10.0
    private static let pilotSize = 7

    private let sweep: SweepFile
    private let workers: Int
    private let samples: [Sample]

    init(of sweep: SweepFile, workers: Int?) async throws {
        self.sweep = sweep
        let threads = sweep.run.threads
        self.workers = workers ?? max(1, ProcessInfo.processInfo.activeProcessorCount / threads)
        var samples: [Sample] = []
        for number in Self.pilot(of: sweep.plan) {
            if Terminal.isErrorTerminal { Terminal.note("trains trial \(number)") }
            samples.append(try await Self.sample(sweep.plan.trial(number), of: sweep))
        }
        self.samples = samples
    }

    /// The first trial of some cells: of the first, of the last, and of those in equal steps between.
    private static func pilot(of plan: Plan) -> [Int] {
        let last = plan.cellCount - 1
        let cells = Set((0..<pilotSize).map { $0 * last / (pilotSize - 1) })
        return cells.sorted().map { $0 * plan.seeds.count + 1 }
    }

    private static func sample(_ trial: Trial, of sweep: SweepFile) async throws -> Sample {
        let clock = ContinuousClock()
        let start = clock.now
        let progress = LatestProgress()
        let context = TrialContext(
            threads: sweep.run.threads, report: { progress.set($0) },
            isCancelled: {
                clock.now - start > .seconds(secondsPerTrial) && progress.share ?? 0 > 0
            })
        func seconds() -> Double { (clock.now - start) / .seconds(1) }
        do {
            let result = try await sweep.plan.kind.run(trial.spec, context: context)
            let alone = seconds()
            let together = alone < shortTrial ? try await secondsTogether(trial, of: sweep) : alone
            return Sample(
                number: trial.number, seconds: together, isCut: false, result: result)
        } catch is CancellationError {
            return Sample(
                number: trial.number, seconds: seconds() / (progress.share ?? 1), isCut: true,
                result: nil)
        }
    }

    /// Trials that take less come to a worker many at once; it trains those of one shape together.
    private static let shortTrial = 0.025

    /// The time of one of some neighbours that are trained as a worker trains them, once the first
    /// ones have had their share of what only a program's start costs.
    private static func secondsTogether(_ trial: Trial, of sweep: SweepFile) async throws -> Double
    {
        let plan = sweep.plan
        let shape = plan.kind.bundleShape(of: trial.spec.configuration)
        let last = min(trial.number + (shape?.limit ?? 1), plan.trialCount + 1)
        let bundle = (trial.number..<last).map { plan.trial($0).spec }.prefix {
            plan.kind.bundleShape(of: $0.configuration) == shape
        }
        let context = TrialContext(threads: sweep.run.threads)
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        repeat {
            if bundle.count > 1 {
                _ = await plan.kind.run(
                    Array(bundle), contexts: Array(repeating: context, count: bundle.count))
            } else {
                _ = try await plan.kind.run(trial.spec, context: context)
            }
            count += bundle.count
        } while clock.now - start < .milliseconds(100)
        return (clock.now - start) / .seconds(1) / Double(count)
    }

    func show(json: Bool) throws {
        let mean = samples.reduce(0) { $0 + $1.seconds } / Double(samples.count)
        let trials = Double(sweep.plan.trialCount)
        let coreHours = mean * trials * Double(sweep.run.threads) / 3600
        // A worker has one trial at a time; the last ones leave some idle for one trial's time.
        let slowest = samples.map(\.seconds).max() ?? 0
        let wall = max(mean * trials / Double(workers), slowest)
        let disk = try StoreSize(of: sweep, results: samples.compactMap(\.result))?.bytes
        if json {
            Terminal.printJSON([
                "schema": 1, "name": .string(sweep.name),
                "trials": .integer(sweep.plan.trialCount), "workers": .integer(workers),
                "core_hours": .number(coreHours), "wall_seconds": .number(wall),
                "disk_bytes": disk.map { .integer($0) } ?? .null,
                "pilot": .array(
                    samples.map {
                        [
                            "trial": .integer($0.number), "seconds": .number($0.seconds),
                            "cut": .bool($0.isCut),
                        ]
                    }),
            ])
            return
        }
        for sample in samples {
            let seconds = String(format: "%.3g", sample.seconds)
            print(
                "trial \(sample.number): \(seconds) s\(sample.isCut ? ", from its progress" : "")")
        }
        let threads = sweep.run.threads
        print(
            "\(sweep.plan.trialCount) trials: about \(String(format: "%.3g", coreHours)) core-hours, "
                + "\(Terminal.duration(seconds: wall)) on \(workers) workers"
                + (threads > 1 ? " of \(threads) threads" : ""))
        if let disk {
            print(
                "store: about \(ByteCountFormatter.string(fromByteCount: Int64(disk), countStyle: .file))"
            )
        } else {
            print("store: unknown, since no trial of the pilot ran to its end")
        }
    }
}

/// The last that a running trial said of itself, on whichever of the threads that train.
private final class LatestProgress: Sendable {
    private let progress = Mutex<TrialProgress?>(nil)

    func set(_ new: TrialProgress) {
        progress.withLock { $0 = new }
    }

    /// How much of the trial is done; nil before it said anything.
    var share: Double? {
        progress.withLock { $0 }
            .map { $0.stepCount > 0 ? Double($0.step) / Double($0.stepCount) : 1 }
    }
}
