import ArgumentParser
import DiffusionTrials
import Foundation
import Sweeps
import Synchronization

struct BenchCheckpoint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Times keeping the state of an image generator, and going on from it.",
        discussion: """
            swingby bench checkpoint --tier T2 --repeats 3 --json

            With averaged weights; T2 is the paper's network. The file goes to the temporary folder.
            """)

    @Option(help: "The generator's tier: T0, T1 or T2.")
    var tier = "T1"

    @Option(help: "Threads that work on a step.")
    var threads = 1

    @OptionGroup var repeated: RepeatOption
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard ["T0", "T1", "T2"].contains(tier) else {
            throw ValidationError("--tier is T0, T1 or T2")
        }
        guard (1...64).contains(threads) else {
            throw ValidationError("--threads is from 1 to 64")
        }
    }

    func run() async throws {
        let kind = DiffusionKind()
        // As many steps between checkpoints, and at the end as few images as can be.
        let complete = try kind.complete(
            Configuration([
                "tier": .text(tier), "train.steps": .number(Double(repeated.repeats + 2)),
                "train.average": 0.99, "data.samples": 64, "sample.checkpoints": 1,
                "sample.images": 1, "sample.steps": 1,
            ]))
        let spec = TrialSpec(
            kind: kind.name, version: kind.version, configuration: complete, seed: 1)
        let bench = Bench(spec)
        let first = try await kind.run(
            spec, context: bench.context(threads: threads, resume: false))
        bench.stopKeeping()
        let second = try await kind.run(
            spec, context: bench.context(threads: threads, resume: true))
        bench.remove()
        guard first.digest == second.digest else {
            throw CommandFailure(.digestDiffers, "another result after going on")
        }
        show(bench.seen)
    }

    private func show(_ seen: Bench.Seen) {
        func seconds(_ times: [Duration]) -> Double { BenchTimes.rounded(BenchTimes(times).median) }
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "checkpoint", "impl": "swingby", "tier": .string(tier),
                "threads": .integer(threads), "bytes": .integer(seen.size),
                "s_per_step": .number(seconds(seen.steps)), "s_keep": .number(seconds(seen.keeps)),
                "s_read": .number(seconds(seen.reads)),
            ])
        } else {
            print(
                "\(tier), \(threads) threads: \(Terminal.size(seen.size)), kept in "
                    + "\(seconds(seen.keeps)) s, read in \(seconds(seen.reads)) s, "
                    + "\(seconds(seen.steps)) s a step")
        }
    }
}

/// A host that keeps the state after every step, as a worker does.
private final class Bench: Sendable {
    struct Seen {
        var size = 0
        var steps: [Duration] = []
        var keeps: [Duration] = []
        var reads: [Duration] = []
        var lastStep: ContinuousClock.Instant?
        var isKeeping = true
    }

    private let spec: TrialSpec
    private let file = FileManager.default.temporaryDirectory
        .appending(path: "swingby-checkpoint-\(getpid())")
    private let state = Mutex(Seen())

    init(_ spec: TrialSpec) {
        self.spec = spec
    }

    var seen: Seen { state.withLock { $0 } }

    func stopKeeping() {
        state.withLock { seen in
            seen.isKeeping = false
            seen.lastStep = nil
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: file)  // there is none
    }

    func context(threads: Int, resume: Bool) -> TrialContext {
        TrialContext(
            threads: threads,
            checkpoints: TrialCheckpoints(
                resume: { resume ? self.read() : nil }, isDue: { self.noteStep() },
                keep: { self.keep($0) }, refuse: { Terminal.complain("\($0)") }))
    }

    private func noteStep() -> Bool {
        state.withLock { seen in
            if let last = seen.lastStep { seen.steps.append(last.duration(to: .now)) }
            seen.lastStep = .now
            return seen.isKeeping
        }
    }

    private func keep(_ trainingState: () -> TrainingState) {
        let begin = ContinuousClock.now
        do {
            let bytes = CheckpointFile.bytes(of: trainingState(), of: spec)
            try Data(bytes).write(to: file, options: .atomic)
            let time = begin.duration(to: .now)
            state.withLock { seen in
                seen.size = bytes.count
                seen.keeps.append(time)
                seen.lastStep = .now
            }
        } catch {
            Terminal.complain("\(error)")
        }
    }

    private func read() -> TrainingState? {
        let begin = ContinuousClock.now
        do {
            let bytes = try Array(Data(contentsOf: file))
            let found = try CheckpointFile.state(in: bytes, of: spec)
            let time = begin.duration(to: .now)
            state.withLock { $0.reads.append(time) }
            return found
        } catch {
            Terminal.complain("\(error)")
            return nil
        }
    }
}
