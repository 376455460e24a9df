/// Weight and bias of a linear layer, as PyTorch keeps them.
public struct LinearParameters: Sendable, Hashable {
    public let inputs: Int
    public let outputs: Int
    /// Shape `[outputs, inputs]`, row by row.
    public var weight: [Float]
    /// `outputs` values; nil where the layer has no bias.
    public var bias: [Float]?

    public init(inputs: Int, outputs: Int, weight: [Float], bias: [Float]?) {
        precondition(
            weight.count == inputs * outputs && (bias.map { $0.count == outputs } ?? true),
            "\(weight.count) weights, \(bias?.count ?? 0) biases for [\(outputs), \(inputs)]")
        self.inputs = inputs
        self.outputs = outputs
        self.weight = weight
        self.bias = bias
    }
}
