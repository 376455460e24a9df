import Testing

@testable import Sweeps

@Suite("The digest of a result")
struct ResultDigestTests {
    private func digest(
        _ outcome: Outcome = .finished, step: UInt32 = 1, value: Double = 0.5, scalar: Double? = 3,
        name: String = "w", shape: [Int] = [1, 2], weights: Tensor.Values = .float([0.25, 1]),
        arrays: [TrialArray] = []
    ) -> Digest256 {
        TrialResult(
            outcome: outcome, curves: [Curve(name: "a", steps: [step], values: [value])],
            scalars: [Scalar(name: "b", value: scalar)],
            weights: [Tensor(name, shape: shape, weights)], arrays: arrays
        ).digest
    }

    @Test("is another for every part that is another")
    func coverage() {
        let digests = [
            digest(), digest(.diverged(step: 0)), digest(.diverged(step: 7)), digest(step: 2),
            digest(value: 0.5.nextUp), digest(scalar: nil), digest(scalar: 0), digest(name: "u"),
            digest(shape: [2, 1]), digest(shape: [2]),
            digest(weights: .float([Float(0.25).nextUp, 1])),
            digest(weights: .double([0.25, 1])),
            digest(arrays: [TrialArray(name: "s", steps: [1], shape: [2], bytes: [1, 2])]),
            digest(arrays: [TrialArray(name: "s", steps: [1], shape: [2], bytes: [1, 3])]),
            digest(arrays: [TrialArray(name: "s", steps: [2], shape: [2], bytes: [1, 2])]),
            digest(arrays: [TrialArray(name: "s", steps: [1, 2], shape: [1], bytes: [1, 2])]),
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test("takes all NaN for the same")
    func nan() {
        #expect(
            digest(weights: .float([.nan, 1])) == digest(weights: .float([-.signalingNaN, 1])))
        #expect(digest(value: .nan) == digest(value: -.nan))
    }
}
