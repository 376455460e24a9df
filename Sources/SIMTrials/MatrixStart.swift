import NumericCore

extension MatrixConfiguration {
    /// Where a trial of this cell begins.
    ///
    /// `nonnegative` and `gaussian` have the same expected square of an entry of U, ω/d', so that
    /// the diagonal of W(0) is ω on average.
    ///
    /// - SeeAlso: arXiv:2410.08309, Appendix E.2.
    func start(seed: UInt64, kernels: Kernels) -> MatrixFlow.Start {
        let count = dimension * width
        switch initialization {
        case .explicit:
            return .weight(start)
        case .fixture:
            var generator = MersenneTwister(seed: UInt32(fixtureSeed))
            return .factor((0..<count).map { _ in generator.uniform() * scale }, width: width)
        case .nonnegative:
            let bound = (3 * scale / Double(width)).squareRoot()
            let draws = RandomStream(seed: seed, .weights(layer: 0), kernels: kernels)
                .uniform(count: count, bound: 1)
            return .factor(draws.map { Double($0.magnitude) * bound }, width: width)
        case .gaussian:
            let deviation = (scale / Double(width)).squareRoot()
            let draws = RandomStream(seed: seed, .weights(layer: 0), kernels: kernels)
                .normal(count: count)
            let choices = RandomStream(seed: seed, .weights(layer: 1), kernels: kernels)
                .uniform(count: count, bound: 1)
            let factor = zip(draws, choices).map { draw, choice in
                Double(Double(choice.magnitude) < signBias ? draw.magnitude : draw) * deviation
            }
            return .factor(factor, width: width)
        }
    }
}
