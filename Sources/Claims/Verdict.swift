/// What the evidence says of a claim.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    case pass, fail
    /// More seeds would tell.
    case inconclusive
    /// Measured, with no criterion.
    case report
}

/// One thing that a claim's criterion asks for, and what was measured.
public struct Finding: Hashable, Sendable {
    /// What was asked for.
    public let what: String
    public let measured: String
    public let verdict: Verdict

    public init(_ what: String, measured: String, _ verdict: Verdict) {
        self.what = what
        self.measured = measured
        self.verdict = verdict
    }

    /// Told beside the claim's own findings, with what its verdict would be.
    var reported: Finding {
        Finding(what, measured: "\(measured): by itself \(verdict)", .report)
    }
}

extension [Finding] {
    /// One failure fails the claim; what is only reported decides nothing.
    public var verdict: Verdict {
        let verdicts = Set(map(\.verdict))
        for verdict in [Verdict.fail, .inconclusive, .pass] where verdicts.contains(verdict) {
            return verdict
        }
        return .report
    }

    /// In one line: what failed or is open, else how much was met.
    public var summary: String {
        let open = filter { $0.verdict == .fail || $0.verdict == .inconclusive }
        guard open.isEmpty else {
            return open.map { "\($0.what): \($0.measured)" }.joined(separator: "; ")
        }
        let met = count { $0.verdict == .pass }
        let reported = count { $0.verdict == .report }
        let parts =
            (met > 0 ? ["all \(met) met"] : [])
            + (reported > 0 ? ["\(reported) reported"] : [])
        return parts.joined(separator: ", ")
    }
}
