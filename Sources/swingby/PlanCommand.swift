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
            swingby plan --keys sim
            """)

    @Argument(help: "The sweep file.")
    var file: String?

    @Argument(help: "Overrides: key=value, or key=a,b for an axis.")
    var overrides: [String] = []

    @Option(help: "Show the keys of a trial kind instead: type, range, unit, default, doc.")
    var keys: String?

    @Flag(help: "List every trial.")
    var list = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        if let keys {
            try showKeys(of: keys)
            return
        }
        guard let file else {
            throw CommandFailure(.usage, "name a sweep file, or --keys KIND")
        }
        var argument = SweepFileArgument()
        argument.file = file
        argument.overrides = overrides
        let sweep = try argument.read()
        if output.json {
            Terminal.printJSON(try json(of: sweep))
        } else if list {
            for number in 1...sweep.plan.trialCount {
                print(line(of: sweep.plan.trial(number)))
            }
        } else {
            show(sweep)
        }
    }

    private func showKeys(of name: String) throws {
        guard let kind = trialKinds.first(where: { $0.name == name }) else {
            let known = trialKinds.map(\.name).joined(separator: ", ")
            throw CommandFailure(.usage, "no trial kind '\(name)'; known are \(known)")
        }
        if output.json {
            let keys = kind.parameters.map { parameter -> JSONValue in
                [
                    "key": .string(parameter.name), "type": .string(parameter.domain.description),
                    "unit": parameter.unit.map(JSONValue.string) ?? .null,
                    "default": parameter.defaultValue.map { JSONValue($0) } ?? .null,
                    "doc": .string(parameter.documentation),
                ]
            }
            Terminal.printJSON([
                "schema": 1, "kind": .string(name), "version": .integer(kind.version),
                "keys": .array(keys),
            ])
            return
        }
        Terminal.printTable(
            header: ["key", "type", "unit", "default", "meaning"],
            rows: kind.parameters.map { parameter in
                [
                    parameter.name, parameter.domain.description, parameter.unit ?? "",
                    parameter.defaultValue?.description ?? "–", parameter.documentation,
                ]
            })
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
            let values = axis.rows.indices.map(axis.text(row:)).joined(separator: ", ")
            print("  \(axis.name) (\(axis.rows.count)): \(values)")
        }
        print("first " + line(of: plan.trial(1)))
        print("last  " + line(of: plan.trial(plan.trialCount)))
    }

    private func line(of trial: Trial) -> String {
        "\(trial.number): seed \(trial.replicate) \(trial.spec.configuration.canonicalText)"
    }

    private func json(of sweep: SweepFile) throws -> JSONValue {
        let plan = sweep.plan
        func description(_ number: Int) -> JSONValue {
            let trial = plan.trial(number)
            return [
                "trial": .integer(number), "config": JSONValue(trial.spec.configuration),
                "seed": .integer(trial.replicate),
            ]
        }
        return [
            "schema": 1, "name": .string(sweep.name), "kind": .string(plan.kind.name),
            "axes": .array(
                plan.axes.map { ["name": .string($0.name), "size": .integer($0.rows.count)] }),
            "cells": .integer(plan.cellCount), "seeds": .integer(plan.seeds.count),
            "trials": .integer(plan.trialCount), "known": .integer(try known(of: plan)),
            "first": description(1), "last": description(plan.trialCount),
        ]
    }
}
