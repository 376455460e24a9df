import SIMTrials

/// R1, R2 and R14: what is true of every instance, tried on random ones.
extension Claim {
    static let identities = [
        Claim(
            "R1", "A linear model's loss depends on the data by its second moment alone",
            source: "Eq. 4.1",
            criterion: """
                On 100,002 points of three concepts the loss as a mean over points and by the second \
                moment agree to 1e-10; each entry of the moment is within 5 standard errors of \
                diag(σ² + μ²/s).
                """
        ) { _ in
            let losses = try (UInt64(1)...3).map {
                try PaperIdentities(seed: $0).loss(samples: 33_334)
            }
            return losses.enumerated().flatMap { index, loss in
                [
                    Judge.within(
                        "relative difference, data set \(index + 1),", loss.relativeDifference,
                        0...1e-10),
                    Judge.within(
                        "standard errors, data set \(index + 1),", loss.standardErrors, 0...5),
                ]
            }
        },
        Claim(
            "R2", "One linear layer learns each concept exponentially, in closed form",
            source: "Theorem 4.1",
            criterion: """
                At time 3 the closed form and a fourth-order integration differ by less than 1e-9 in \
                any entry, d from 1 to 8, 20 random starts in all.
                """
        ) { _ in
            let worst = try (0..<20).map { index in
                try PaperIdentities(seed: UInt64(index)).oneLayerFlow(dimension: index % 8 + 1)
            }.max()
            return [Judge.within("largest difference", worst, 0...1e-9)]
        },
    ]

    static let velocity =
        Claim(
            "R14", "An entry moves by growth, suppression and noise; their flow is half that of U",
            source: "Eq. 4.3 and App. D.2",
            criterion: """
                For random W = U Uᵀ, d from 1 to 8, growth − suppression − noise equals V, and V half \
                the velocity of U Uᵀ under gradient flow of the loss, to 1e-12 in every entry.
                """
        ) { _ in
            let velocities = try (0..<40).map { index in
                try PaperIdentities(seed: UInt64(index)).velocity(dimension: index % 8 + 1)
            }
            return [
                Judge.within("terms against V", velocities.map(\.terms).max(), 0...1e-12),
                Judge.within("V against U", velocities.map(\.factor).max(), 0...1e-12),
            ]
        }
}
