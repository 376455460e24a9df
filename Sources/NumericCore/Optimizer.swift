/// Moves a network's parameters by its accumulated gradients and by what it remembers of earlier
/// ones.
///
/// All memory is allocated when it is made; a step allocates nothing. It lives on one thread.
public final class Optimizer {
    /// How it steps; weight decay adds `decay · value` to the gradient, but in `adamW`.
    public enum Rule: Hashable, Sendable {
        /// Gradient descent; a momentum of 0 is the plain one.
        case descent(momentum: Double, decay: Double)
        /// Kingma and Ba's, with ε = 10⁻⁸.
        case adam(beta1: Double, beta2: Double, decay: Double)
        /// The same, but decay shrinks each value by `rate · decay` beside the step.
        ///
        /// - SeeAlso: Loshchilov and Hutter, arXiv:1711.05101.
        case adamW(beta1: Double, beta2: Double, decay: Double)
    }

    private let rule: Rule
    private let rate: Double
    private let kernels: Kernels
    private let arena: Arena
    private let memory: UnsafeMutablePointer<Float>
    private let floatCount: Int
    /// β₁ᵗ and β₂ᵗ after t steps.
    private var powers = (1.0, 1.0)
    /// How many floats of the memory a step has handed out.
    private var used = 0

    /// - Parameter rate: η, positive.
    public init(_ rule: Rule, rate: Double, of network: Network, kernels: Kernels) {
        self.rule = rule
        self.rate = rate
        self.kernels = kernels
        floatCount = Self.floatCount(rule, widths: network.widths)
        arena = Arena(floatCount: floatCount)
        memory = arena.floats(floatCount)
    }

    /// How many floats an optimizer of a network of these widths occupies.
    public static func floatCount(_ rule: Rule, widths: [Int]) -> Int {
        var count = 0
        for (inputs, outputs) in zip(widths, widths.dropFirst()) {
            count += (padded(inputs) + 1) * padded(outputs)
        }
        if case .descent = rule { return count }
        return 2 * count
    }

    /// Takes a step with the network's accumulated gradients, which start anew.
    ///
    /// - Parameter scale: What makes gradients of the sums.
    public func step(_ network: Network, scale: Float) {
        used = 0
        switch rule {
        case .descent(let momentum, let decay):
            network.update { count, sums, values in
                kernels.descend(
                    count, Float(rate), scale, Float(decay), Float(momentum), sums, take(count),
                    values)
            }
        case .adam(let beta1, let beta2, let decay):
            adapt(network, scale, beta1, beta2, decay: decay, shrink: 1)
        case .adamW(let beta1, let beta2, let decay):
            adapt(network, scale, beta1, beta2, decay: 0, shrink: 1 - rate * decay)
        }
    }

    private func adapt(
        _ network: Network, _ scale: Float, _ beta1: Double, _ beta2: Double, decay: Double,
        shrink: Double
    ) {
        powers = (powers.0 * beta1, powers.1 * beta2)
        let rate = Float(rate / (1 - powers.0))
        let correction = Float(1 / (1 - powers.1).squareRoot())
        network.update { count, sums, values in
            kernels.adapt(
                count, rate, scale, Float(decay), Float(shrink), Float(beta1), Float(1 - beta1),
                Float(beta2), Float(1 - beta2), correction, 1e-8, sums, take(2 * count), values)
        }
    }

    /// The next `count` floats of the memory.
    private func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        precondition(used + count <= floatCount, "a network of other widths")
        defer { used += count }
        return memory + used
    }
}
