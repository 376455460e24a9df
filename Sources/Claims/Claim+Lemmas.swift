/// R18: the lemmas of Appendix D.
extension Claim {
    static let lemmas = Claim(
        "R18", "Entries of W keep to the bounds of the lemmas", source: "App. D",
        sweeps: ["lemmas"],
        criterion: """
            For a = (5, 1), (20, 1) and (25, 5, 1), at constants that meet assumptions D.1 to D.5, \
            no violation of Lemmas D.1, D.2 and D.5 to D.8; Corollary D.1 with P and with P², Lemmas \
            D.3 and D.4, and a = (40, 1) are reported.
            """,
        remark: """
            The assumptions hold together only at extreme scales (ω near 1e-70 and below). Corollary \
            D.1 as printed has a single factor P where its own bound on entries gives P².
            """
    ) { results in
        results[0].cells.flatMap { cell -> [Finding] in
            let moment = cell.labels["moment"] ?? ""
            let isJudged = moment != "40 and 1"
            return names.map { name in
                let count = cell.value("violations/\(name)")
                let measured = count.map(Judge.text) ?? "no result"
                let isReported = !isJudged || ["D3", "D4", "noise_P", "noise_P2"].contains(name)
                return Finding(
                    "violations of \(name), a = \(moment)", measured: measured,
                    isReported ? .report : count == 0 ? .pass : .fail)
            }
        }
    }

    private static let names =
        ["assumptions"] + (1...8).map { "D\($0)" } + ["noise_P", "noise_P2"]
}
