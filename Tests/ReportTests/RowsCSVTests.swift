import Report
import Testing

@testable import Sweeps

@Suite("The rows of a sweep as comma-separated values")
struct RowsCSVTests {
    @Test("have a column for each key that varies, each label, each scalar and each curve's last")
    func header() {
        let pair = Axis(
            name: "pair", keys: ["task.signal", "model.hidden"],
            rows: [
                [.list([.number(1), .number(2)]), .number(4)],
                [.list([.number(3), .number(2)]), .number(8)],
            ], labels: ["low", "high"])
        let csv = RowsCSV(plan: .measuring([.layers, pair], seeds: 2))
        #expect(
            csv.header == "trial,identity,seed,attempt,outcome,digest,"
                + "model.layers,pair,task.signal,model.hidden,time,flag,loss:last")
        let plan = Plan.measuring([.layers, pair], seeds: 2)
        let identity = plan.trial(8).spec.identity
        let digest = Digest256(hashing: [8])
        #expect(
            csv.line(.finished(8, time: nil, loss: [1, 0.1])) == "8,\(identity),2,1,finished,"
                + "\(digest),2,high,\"[3,2]\",8,,0,0.1")
    }

    @Test("leave empty what does not apply or is not there")
    func missing() {
        let plan = Plan.measuring([.layers, .numbers("model.hidden", 4, 8)])
        let row = TrialRow(number: 1, state: .waiting, attempt: 0, result: nil)
        #expect(RowsCSV(plan: plan).line(row) == "1,\(plan.trial(1).spec.identity),1,,,,1,,,,")
    }

    @Test("show a diverged trial as it ended")
    func diverged() {
        let plan = Plan.measuring([.layers])
        let line = RowsCSV(plan: plan).line(.diverged(1))
        #expect(line.contains(",1,1,diverged,"))
        #expect(line.hasSuffix(",1,1e+300,1,inf"))
    }

    @Test(
        "quote what would break a line and keep spreadsheets from calculating",
        arguments: [
            ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\r\nb", "\"a\r\nb\""),
            ("=1+1", "'=1+1"), ("@x", "'@x"), ("-1", "'-1"), ("plain", "plain"),
            ("a\"\u{301}b", "\"a\"\"\u{301}b\""),
        ])
    func quoting(text: String, field: String) {
        let axis = Axis(name: "note", keys: ["note"], rows: [[.text(text)], [.text("other")]])
        let row = TrialRow(number: 1, state: .failed, attempt: 3, result: nil)
        let plan = Plan.measuring([axis])
        #expect(
            RowsCSV(plan: plan).line(row)
                == "1,\(plan.trial(1).spec.identity),1,3,failed,,\(field),,,")
    }

    @Test("leave numbers below zero alone")
    func negative() {
        let plan = Plan.measuring([.numbers("model.layers", -1, 2)])
        let row = TrialRow(number: 1, state: .waiting, attempt: 0, result: nil)
        #expect(RowsCSV(plan: plan).line(row).hasSuffix(",-1,,,"))
    }
}
