import NumericCore

/// What a judge says of one image.
struct Reading: Hashable, Sendable {
    /// The probability that it shows something at all.
    let presence: Double
    /// The probability that a concept has value 1, for each concept.
    let values: [Double]

    /// - Parameters:
    ///   - logits: Two for each concept, value 0 first, then two for nothing and something, where the
    ///     judge knows of nothing.
    init(logits: ArraySlice<Float>, concepts: Int) {
        let logits = Array(logits)
        let shares = stride(from: 0, to: logits.count, by: 2).map { i in
            sigmoid(Double(logits[i + 1]) - Double(logits[i]))
        }
        presence = shares.count > concepts ? shares[concepts] : 1
        values = Array(shares.prefix(concepts))
    }

    /// The probability that it shows concept `k` with a value; an empty image has neither value.
    func share(_ k: Int, of value: Bool) -> Double {
        presence * (value ? values[k] : 1 - values[k])
    }
}

/// What a judge says of images that were drawn for one class.
///
/// - SeeAlso: arXiv:2410.08309, section 5; arXiv:2310.09336, section 4, for the joint accuracy.
struct Judgement: Hashable, Sendable {
    /// The mean probability of value 1, for each concept: where the images are in concept space.
    let coordinates: [Double]
    /// The mean squared distance of the coordinates from the class's own, over concepts.
    let loss: Double
    /// The product over concepts of the mean probability of the class's value.
    let accuracy: Double
    /// The mean over images of the product of these probabilities: all concepts right at once.
    let jointAccuracy: Double
    /// The mean probability that an image shows something at all.
    let presence: Double

    /// - Precondition: There is an image.
    init(_ readings: [Reading], of member: ConceptClass) {
        precondition(!readings.isEmpty, "no images of class \(member)")
        let count = Double(readings.count)
        func mean(_ number: (Reading) -> Double) -> Double {
            readings.reduce(0) { $0 + number($1) } / count
        }
        let concepts = member.values.indices
        coordinates = concepts.map { k in mean { $0.share(k, of: true) } }
        loss =
            zip(coordinates, member.values).reduce(0) { sum, pair in
                let distance = pair.0 - (pair.1 ? 1 : 0)
                return sum + distance * distance
            } / Double(member.values.count)
        accuracy = concepts.reduce(1) { product, k in
            product * mean { $0.share(k, of: member.values[k]) }
        }
        jointAccuracy = mean { reading in
            concepts.reduce(reading.presence) { product, k in
                product * (member.values[k] ? reading.values[k] : 1 - reading.values[k])
            }
        }
        presence = mean(\.presence)
    }
}
