import ArgumentParser
import Store
import Sweeps

struct SweepInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Says what a sweep is: its file, axes, seeds, tables.",
        discussion: """
            swingby sweep info fig2a
            swingby sweep info last --json
            """)

    @Argument(help: "The sweep, or several.")
    var sweeps = "last"

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        for sweep in try reader.sweeps(sweeps) {
            let progress = try SweepProgress(sweep, in: reader)
            // The plan of a sweep that another version of its kind began is that version's to make.
            let isOurs = trialKinds.contains {
                $0.name == sweep.kind && $0.version == sweep.version
            }
            let file = isOurs ? try OpenedSweep(sweep, in: reader).file : nil
            if output.json {
                Terminal.printJSON(json(progress, file))
            } else {
                show(progress, file)
            }
        }
    }

    private func json(_ progress: SweepProgress, _ file: SweepFile?) -> JSONValue {
        let stored = progress.sweep
        return [
            "schema": 1, "id": .integer(stored.id), "name": .string(stored.name),
            "state": .string(progress.state), "kind": .string(stored.kind),
            "version": .integer(stored.version), "path": .string(stored.path),
            "overrides": .array(stored.overrides.map(JSONValue.string)),
            "created": .number(Double(stored.created) / 1000),
            "submitted": .number(Double(stored.submitted) / 1000),
            "planned": .integer(stored.planned),
            "axes": file.map { file in
                .array(
                    file.plan.axes.map {
                        ["name": .string($0.name), "size": .integer($0.rows.count)]
                    })
            } ?? .null,
            "cells": file.map { .integer($0.plan.cellCount) } ?? .null,
            "seeds": file.map { .integer($0.plan.seeds.count) } ?? .null,
            "tables": names(file?.tables.map(\.name)), "figures": names(file?.figures.map(\.name)),
            "files": names(file?.attachments.map(\.name)),
        ]
    }

    private func names(_ names: [String]?) -> JSONValue {
        names.map { .array($0.map(JSONValue.string)) } ?? .null
    }

    private func show(_ progress: SweepProgress, _ file: SweepFile?) {
        let stored = progress.sweep
        var lines = [
            "\(stored.name) (sweep \(stored.id)): \(progress.state), \(progress.over) of "
                + "\(stored.planned) trials over",
            "  kind       \(stored.kind), version \(stored.version)",
            "  file       " + ([stored.path] + stored.overrides).joined(separator: " "),
            "  submitted  \(Terminal.time(stored.submitted))"
                + (stored.created < stored.submitted
                    ? ", first \(Terminal.time(stored.created))" : ""),
        ]
        if let file {
            lines.append("  cells      \(file.plan.cellCount), \(file.plan.seeds.count) seeds each")
            lines += file.plan.axes.map { "  axis       \($0.name) (\($0.rows.count))" }
            for (title, names) in [
                ("tables   ", file.tables.map(\.name)), ("figures  ", file.figures.map(\.name)),
                ("files    ", file.attachments.map(\.name)),
            ] where !names.isEmpty {
                lines.append("  \(title)  " + names.joined(separator: ", "))
            }
        } else {
            lines.append("  its axes are for a program with version \(stored.version) to say")
        }
        for line in lines { print(Terminal.harmless(line)) }
    }
}
