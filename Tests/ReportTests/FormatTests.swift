import Foundation
import Report
import Testing

@testable import Sweeps

@Suite("A summary table for other programs")
struct FormatTests {
    let label = Axis(
        name: "note", keys: ["note"], rows: [[.text("a_b & 50%")], [.text("=1+1|x")]])

    func table(columns: [String] = []) throws -> SummaryTable {
        let plan = Plan.measuring([label, .layers], seeds: 2)
        let cells = [ColumnSpec(metric: .time, interval: .t95, unit: "epoch", label: "time_1")]
        return try SummaryTable(
            TableSpec(
                name: "main", rows: columns.isEmpty ? nil : ["note"], columns: columns, cells: cells
            ),
            plan: plan,
            rows: (1...8).map { .finished($0, time: $0 == 5 ? nil : -0.0001 * Double($0)) })
    }

    @Test("is a pipe table in Markdown")
    func markdown() throws {
        let text = try table(columns: ["model.layers"]).formatted(.md)
        #expect(
            text.contains(
                "| note | model.layers 1: n | model.layers 1: diverged | "
                    + "model.layers 1: time\\_1 (epoch) | model.layers 2: n |"))
        #expect(text.contains("\n| :--- | ---: | ---: | ---: | ---: | ---: | ---: |\n"))
        #expect(text.contains("| =1+1\\|x | 2 | 0 |"))
        let widths = Set(
            text.split(separator: "\n").filter { $0.hasPrefix("|") }
                .map { $0.replacing("\\|", with: "").count { $0 == "|" } })
        #expect(widths == [8])
    }

    @Test("is a booktabs table in LaTeX, its text escaped")
    func latex() throws {
        let text = try table(columns: ["model.layers"]).formatted(.tex)
        #expect(text.contains("\\begin{tabular}{lrrrrrr}\n    \\toprule\n"))
        #expect(text.contains("\\multicolumn{3}{c}{model.layers 1}"))
        #expect(text.contains("\\cmidrule(lr){2-4} \\cmidrule(lr){5-7}"))
        #expect(text.contains("a\\_b \\& 50\\% & 2"))
        #expect(text.contains("$-1.5 \\cdot 10^{-5}$") || text.contains("\\cdot 10^{"))
        #expect(text.contains("\\bottomrule\n  \\end{tabular}\n\\end{table}\n"))
    }

    @Test("closes what it opens in LaTeX, and has a cell for every column in every row")
    func latexIsWhole() throws {
        let text = try table(columns: ["model.layers"]).formatted(.tex)
        let commands = text.matches(of: #/\\(begin|end)\{(\w+)\}/#)
        var open: [Substring] = []
        for command in commands {
            if command.1 == "begin" {
                open.append(command.2)
            } else {
                #expect(open.popLast() == command.2)
            }
        }
        #expect(open.isEmpty && commands.count >= 4)
        // Its first line is a comment: the package that it needs.
        let bare = text.drop { $0 != "\n" }.replacing(#/\\[{}&%$#_\\]/#, with: "")
        #expect(bare.count { $0 == "{" } == bare.count { $0 == "}" })
        #expect(bare.count { $0 == "$" }.isMultiple(of: 2))
        #expect(!bare.contains("%") && !bare.contains("#"))
        let rows = text.split(separator: "\n").filter { $0.hasSuffix("\\\\") }
        #expect(rows.count >= 4)
        for row in rows {
            let cells = row.replacing("\\&", with: "").count { $0 == "&" } + 1
            let spread = row.matches(of: #/\\multicolumn\{(\d+)\}/#)
                .reduce(0) { $0 + (Int($1.1) ?? 0) - 1 }
            #expect(cells + spread == 7, "\(row)")
        }
    }

    /// nil where there is none on the PATH.
    private static let latexProgram: String? = {
        let names = ["pdflatex", "tectonic"]
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
            .first(where: FileManager.default.isExecutableFile)
    }()

    @Test(
        "compiles as LaTeX",
        .enabled(if: latexProgram != nil, "neither pdflatex nor tectonic is on the PATH"))
    func compiles() throws {
        let program = try #require(Self.latexProgram)
        try TestPython.withFolder { folder in
            let body = try table(columns: ["model.layers"]).formatted(.tex)
            let document =
                "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n\(body)"
                + "\\end{document}\n"
            try Data(document.utf8).write(to: folder.appending(path: "t.tex"))
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.currentDirectoryURL = folder
            process.arguments =
                program.hasSuffix("tectonic")
                ? ["t.tex"] : ["-halt-on-error", "-interaction=batchmode", "t.tex"]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    @Test("is a line a row in CSV, whatever it spreads, and a formula to nobody")
    func csv() throws {
        let text = try table(columns: ["model.layers"]).formatted(.csv)
        let lines = text.split(separator: "\n")
        #expect(
            lines[0] == "note,model.layers,n,diverged,time_1,time_1 low,time_1 high,"
                + "time_1 theory,time_1 missing")
        #expect(lines.count == 5)
        #expect(
            lines[3].hasPrefix("'=1+1|x,1,2,0,-0.00006,") || lines[3].hasPrefix("'=1+1|x,1,2,0,-"))
        #expect(lines[3].hasSuffix(",,,,1"))
    }
}

@Suite("Every point of a sweep's trials")
struct MetricLinesTests {
    @Test("is a line of CSV or JSON")
    func lines() {
        let row = TrialRow.finished(3, time: nil, loss: [1, 0.5], flag: 1)
        #expect(MetricLines(isJSON: false).header == "trial,metric,step,value")
        #expect(
            MetricLines(isJSON: false).lines(row)
                == ["3,loss,0,1", "3,loss,20,0.5", "3,time,,", "3,flag,,1"])
        #expect(
            MetricLines(isJSON: true).lines(row)[1...2]
                == [
                    #"{"trial":3,"metric":"loss","step":20,"value":0.5}"#,
                    #"{"trial":3,"metric":"time","step":null,"value":null}"#,
                ])
        #expect(MetricLines(isJSON: false).lines(.diverged(1)).count == 4)
    }
}
