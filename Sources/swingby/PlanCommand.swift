import ArgumentParser
import Store
import Sweeps

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what a sweep file asks for; changes nothing.",
        discussion: """
            swingby plan sweeps/fig2a.yaml
            swingby plan sweeps/fig2a.yaml seeds.count=3 --list
            swingby plan sweeps/fig2a.yaml --estimate --workers 16
            swingby plan sweeps/fig2a.yaml --diff last
            swingby plan --keys sim
            """)

    @Argument(help: "The sweep file.")
    var file: String?

    @Argument(help: "Overrides: key=value, or key=a,b for an axis.")
    var overrides: [String] = []

    @Option(help: "Show the keys of a trial kind instead: type, range, unit, default, doc.")
    var keys: String?

    @Flag(help: "List every trial (with --json a line each).")
    var list = false

    @Flag(help: "Train a few trials here, and say what all would take.")
    var estimate = false

    @Option(
        help: "With --estimate: how many workers there would be (default: this machine's cores).")
    var workers: Int?

    @Option(
        help: "Say which trials this sweep of the store lacks, and which it has beyond the file.")
    var diff: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1_000_000).contains(workers ?? 1) else {
            throw ValidationError("--workers is from 1 to 1000000")
        }
        let modes = [keys != nil, list, estimate, diff != nil].count { $0 }
        guard modes <= 1 else {
            throw ValidationError("give one of --keys, --list, --estimate and --diff")
        }
        guard workers == nil || estimate else {
            throw ValidationError("--workers goes with --estimate")
        }
    }

    func run() async throws {
        if let keys {
            try PlanKeys(of: keys).show(json: output.json)
            return
        }
        guard let file else {
            throw CommandFailure(.usage, "name a sweep file, or --keys KIND")
        }
        let sweep = try await LoadedSweep(path: file, overrides: overrides, store: store).sweep
        if estimate {
            let estimate = try await PlanEstimate(of: sweep, workers: workers)
            try estimate.show(json: output.json)
        } else if let diff {
            let other = try OpenedSweep(diff, in: try store.reader())
            PlanDifference(of: sweep, from: other).show(json: output.json)
        } else if list {
            for number in 1...sweep.plan.trialCount {
                let trial = sweep.plan.trial(number)
                if output.json {
                    Terminal.printJSON(object(trial))
                } else {
                    print(line(of: trial))
                }
            }
        } else if output.json {
            Terminal.printJSON(try json(of: sweep))
        } else {
            show(sweep)
        }
    }

    private func known(of plan: Plan) throws -> Int {
        do {
            return try store.reader().knownTrials(of: plan)
        } catch StoreError.missing {
            return 0
        }
    }

    private func show(_ sweep: SweepFile) {
        let plan = sweep.plan
        print(
            "\(sweep.name): \(plan.kind.name) trials, \(plan.cellCount) cells × "
                + "\(plan.seeds.count) seeds = \(plan.trialCount)")
        for axis in plan.axes {
            print("  \(axis.name) (\(axis.rows.count)): \(values(of: axis))")
        }
        print("first " + line(of: plan.trial(1)))
        print("last  " + line(of: plan.trial(plan.trialCount)))
    }

    /// All values, or of many the first and the last.
    private func values(of axis: Axis) -> String {
        let shown = axis.rows.count > 12 ? 0..<6 : axis.rows.indices
        var texts = shown.map(axis.text(row:))
        if shown.count < axis.rows.count {
            texts += ["…", axis.text(row: axis.rows.count - 1)]
        }
        return texts.joined(separator: ", ").visible
    }

    private func line(of trial: Trial) -> String {
        "\(trial.number): seed \(trial.replicate) \(trial.spec.configuration.canonicalText)"
    }

    private func object(_ trial: Trial) -> JSONValue {
        [
            "trial": .integer(trial.number), "config": JSONValue(trial.spec.configuration),
            "seed": .integer(trial.replicate),
        ]
    }

    private func json(of sweep: SweepFile) throws -> JSONValue {
        let plan = sweep.plan
        return [
            "schema": 1, "name": .string(sweep.name), "kind": .string(plan.kind.name),
            "axes": .array(
                plan.axes.map { ["name": .string($0.name), "size": .integer($0.rows.count)] }),
            "cells": .integer(plan.cellCount), "seeds": .integer(plan.seeds.count),
            "trials": .integer(plan.trialCount), "known": .integer(try known(of: plan)),
            "first": object(plan.trial(1)), "last": object(plan.trial(plan.trialCount)),
        ]
    }
}
