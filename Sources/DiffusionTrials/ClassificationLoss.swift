import NumericCore

/// The cross-entropy of an image's logits, summed over concepts and over whether there is anything.
struct ClassificationLoss {
    let value: Double
    /// By each logit.
    let gradient: [Float]
    /// Whether everything that the logits say of the image is right.
    let isRight: Bool

    /// - Parameters:
    ///   - logits: Two for each concept, value 0 first, then two for nothing and something, if any.
    ///   - label: The value of each concept; nil where there is nothing, and no concept counts.
    init(logits: [Float], label: [Bool]?, concepts: Int) {
        var gradient = Array(repeating: Float(0), count: logits.count)
        var (sum, isRight) = (0.0, true)
        for pair in 0..<logits.count / 2 {
            let isTrue: Bool
            if pair < concepts {
                guard let label else { continue }
                isTrue = label[pair]
            } else {
                isTrue = label != nil
            }
            let difference = Double(logits[2 * pair + 1]) - Double(logits[2 * pair])
            let margin = isTrue ? difference : -difference
            // ln(1 + e^−margin), whose exponential may be no number where the sum is one.
            sum += margin < -30 ? -margin : naturalLogarithm(1 + exponential(-margin))
            isRight = isRight && margin > 0
            let slope = Float(sigmoid(difference) - (isTrue ? 1 : 0))
            gradient[2 * pair + 1] = slope
            gradient[2 * pair] = -slope
        }
        value = sum
        self.gradient = gradient
        self.isRight = isRight
    }
}
