import Report
import Testing

@testable import Claims

@Suite("The rules of judgement")
struct JudgeTests {
    @Test("hold a share against an anchor by Fisher's exact test at .001")
    func agrees() {
        #expect(
            Judge.agrees("", Proportion(78, of: 100), with: Proportion(70, of: 100)).verdict
                == .pass)
        #expect(
            Judge.agrees("", Proportion(20, of: 100), with: Proportion(70, of: 100)).verdict
                == .fail)
        #expect(
            Judge.agrees("", Proportion(0, of: 0), with: Proportion(7, of: 10)).verdict
                == .inconclusive)
    }

    @Test(
        "leave a share open while its interval straddles the limit",
        arguments: [(95, Verdict.pass), (70, .inconclusive), (50, .fail)])
    func atLeast(count: Int, verdict: Verdict) {
        #expect(Judge.atLeast("", Proportion(count, of: 100), 0.7).verdict == verdict)
    }

    @Test(
        "leave a difference open while its interval straddles the margin",
        arguments: [(36, 4, Verdict.pass), (16, 4, .inconclusive), (5, 4, .fail)])
    func exceeds(count: Int, other: Int, verdict: Verdict) {
        let finding = Judge.exceeds(
            "", Proportion(count, of: 40), Proportion(other, of: 40), by: 0.25)
        #expect(finding.verdict == verdict)
    }

    @Test("know what must never happen")
    func never() {
        #expect(Judge.never("", Proportion(0, of: 10)).verdict == .pass)
        #expect(Judge.never("", Proportion(1, of: 10)).verdict == .fail)
        #expect(Judge.never("", Proportion(0, of: 0)).verdict == .inconclusive)
    }

    @Test("take a trend by Jonckheere's test, one-sided")
    func rises() {
        let low: [Double] = [0, 0, 0, 0, 1, 0, 0, 0]
        let high: [Double] = [1, 1, 1, 0, 1, 1, 1, 1]
        #expect(Judge.rises("", [low, high]).verdict == .pass)
        #expect(Judge.rises("", [high, low]).verdict == .fail)
        #expect(Judge.rises("", [low, low]).verdict == .fail)
        #expect(Judge.rises("", [low, []]).verdict == .inconclusive)
    }

    @Test("take bounds as they are, and an event that never came as outside")
    func bounds() {
        #expect(Judge.within("", 2, 1...2).verdict == .pass)
        #expect(Judge.within("", 2.1, 1...2).verdict == .fail)
        #expect(Judge.within("", nil, 1...2).verdict == .fail)
        #expect(Judge.near("", 0.99, 1, share: 0.02).verdict == .pass)
        #expect(Judge.near("", 0.97, 1, share: 0.02).verdict == .fail)
    }

    @Test("let one failure decide, then one open finding, and no report")
    func together() {
        func verdict(_ verdicts: Verdict...) -> Verdict {
            verdicts.map { Finding("", measured: "", $0) }.verdict
        }
        #expect(verdict(.pass, .inconclusive, .fail, .report) == .fail)
        #expect(verdict(.pass, .inconclusive, .report) == .inconclusive)
        #expect(verdict(.report, .pass) == .pass)
        #expect(verdict(.report) == .report)
        #expect(verdict() == .report)
    }

    @Test("find the largest rise of a curve")
    func turn() {
        let turn = Turn([5, 3, 4, 1, 3.5, 0, 1])
        #expect(turn?.lowIndex == 3)
        #expect(turn?.highIndex == 4)
        #expect(Turn([3, 2, 1]) == nil)
        #expect(Turn([]) == nil)
    }
}
