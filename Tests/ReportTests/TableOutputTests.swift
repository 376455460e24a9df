import Report
import Testing

@testable import Sweeps

@Suite("What a summary table prints")
struct TableOutputTests {
    func table(columns: [String] = []) throws -> SummaryTable {
        let cells = [
            ColumnSpec(metric: .time, statistic: .median, interval: .bootstrap95, unit: "epoch"),
            ColumnSpec(metric: .lastLoss, interval: .t95, label: "loss"),
        ].prefix(columns.isEmpty ? 2 : 1)
        let rows = ["task.signal", "model.layers"].filter { !columns.contains($0) }
        let times: [Double?] = [101, 113, 120, nil, 305, 281, 330, 290, 77, 80, 91, 70]
        let trials = times.enumerated().map { i, time in
            TrialRow.finished(
                i + 1, time: time, loss: [1, 0.1 + 0.01 * Double(i % 5)], flag: Double(i % 2))
        }
        return try SummaryTable(
            TableSpec(name: "main", rows: rows, columns: columns, cells: Array(cells)),
            plan: .measuring([.signal, .layers], seeds: 4),
            rows: trials + [.diverged(13), .finished(14, time: 50)])
    }

    @Test("is an aligned text for people")
    func text() throws {
        #expect(try table().text() == plainText)
    }

    @Test("spreads columns side by side in the text")
    func spread() throws {
        #expect(try table(columns: ["model.layers"]).text() == spreadText)
    }

    @Test("is JSON with a fixed order and the shortest numbers")
    func json() throws {
        let plan = Plan.measuring([.layers], seeds: 3)
        let cells = [
            ColumnSpec(metric: .time, interval: .t95), ColumnSpec(metric: .lastLoss, label: "l"),
        ]
        let table = try SummaryTable(
            TableSpec(name: "t", rows: nil, cells: cells), plan: plan,
            rows: [
                .finished(1, time: 1, loss: [0.1]), .finished(2, time: nil, loss: [0.2]),
                .diverged(3),
            ])
        #expect(
            table.json.text == """
                {"schema":1,"table":"t","columns":["time mean","l"],"rows":[\
                {"axes":{"model.layers":1},"n":2,"diverged":1,"cells":{\
                "time mean":{"value":1,"low":null,"high":null,"theory":null,"missing":1},\
                "l":{"value":0.15000000000000002,"low":null,"high":null,"theory":null,"missing":0}}},\
                {"axes":{"model.layers":2},"n":0,"diverged":0,"cells":{\
                "time mean":{"value":null,"low":null,"high":null,"theory":null,"missing":0},\
                "l":{"value":null,"low":null,"high":null,"theory":null,"missing":0}}}]}
                """)
    }

    @Test("does not depend on the order in which trials came")
    func order() throws {
        let plan = Plan.measuring([], seeds: 50)
        let rows = (1...50).map { TrialRow.finished($0, time: 1 / Double($0 * $0)) }
        let spec = TableSpec(
            name: "t", rows: nil,
            cells: [
                ColumnSpec(metric: .time, interval: .t95),
                ColumnSpec(metric: .time, statistic: .median, interval: .bootstrap95),
            ])
        let forward = try SummaryTable(spec, plan: plan, rows: rows)
        let backward = try SummaryTable(spec, plan: plan, rows: rows.reversed())
        #expect(forward.json.text == backward.json.text)
    }

    @Test("marks headers and diverged trials on a terminal, and nothing else changes")
    func color() throws {
        let colored = try table().text(color: true)
        let plain = try table().text()
        #expect(colored.contains("\u{1B}[33m       1\u{1B}[0m"))
        let stripped = ["[1m", "[33m", "[0m"].reduce(colored) {
            $0.split(separator: "\u{1B}" + $1, omittingEmptySubsequences: false).joined()
        }
        #expect(stripped == plain)
    }

    @Test("lets no control character of a name reach a terminal")
    func controlCharacters() throws {
        let axis = Axis(
            name: "note", keys: ["note"], rows: [[.text("a\u{1B}[31m")], [.text("b\u{202E}\n")]])
        let cells = [ColumnSpec(metric: .time, label: "\u{7}bell")]
        let table = try SummaryTable(
            TableSpec(name: "main", rows: nil, cells: cells), plan: .measuring([axis]), rows: [])
        let text = table.text()
        #expect(text.contains("a\\u{1b}[31m"))
        #expect(text.contains("b\\u{202e}\\u{a}"))
        #expect(text.contains("\\u{7}bell"))
        #expect(
            !text.unicodeScalars.contains {
                $0 != "\n" && $0.properties.generalCategory == .control
            })
    }
}

private let plainText = """
    sweep/main: by task.signal, model.layers
    so far 14 of 16 trials
    n: finished trials (4 seeds a cell); diverged ones are in no statistic
    [low, high]: 95 % interval of loss, Student's t
    [low, high]: 95 % interval of time median, percentile bootstrap, 2000 resamples

    task.signal  model.layers  n  diverged  time median (epoch)        loss
    [1,2]        1             4         0   11.7 [10.1, —] (1 never)   0.115 [0.094, 0.136]
    [1,2]        2             4         0   14.9 [14.1, 16.5]          0.118 [0.090, 0.145]
    [3,2]        1             4         0    7.8 [7.0, 9.1]            0.120 [0.091, 0.149]
    [3,2]        2             1         1  2.500                      0.5000

    (k never): in k trials the event never came; a quantile counts these as later than all others, a \
    mean leaves them out

    """

private let spreadText = """
    sweep/main: by task.signal; spread over model.layers
    so far 14 of 16 trials
    n: finished trials (4 seeds a cell); diverged ones are in no statistic
    [low, high]: 95 % interval, percentile bootstrap, 2000 resamples

                   model.layers 1                           model.layers 2
    task.signal    n  diverged  time median (epoch)         n  diverged  time median (epoch)
    [1,2]          4         0  11.7 [10.1, —] (1 never)    4         0   14.9 [14.1, 16.5]
    [3,2]          4         0   7.8 [7.0, 9.1]             1         1  2.500

    (k never): in k trials the event never came; a quantile counts these as later than all others, a \
    mean leaves them out

    """
