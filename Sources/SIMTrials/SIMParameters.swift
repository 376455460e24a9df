public import Sweeps

extension SIMKind {
    public var parameters: [Parameter] { Self.parameters }

    static let parameters: [Parameter] = taskParameters + modelParameters + trainParameters

    private static let taskParameters = [
        Parameter(
            "task.kind", .choice(["identity"]), default: .text("identity"),
            "The task: to return the input."),
        Parameter(
            "task.signal", .numbers(1e-6...1e6, count: 1...64, broadcast: false),
            default: .list([.number(1), .number(2)]),
            "Distance μ of each concept's cluster centre from the origin; as many as concepts."),
        Parameter(
            "task.variance", .numbers(0...1e6, count: 1...64, broadcast: true),
            "Variance σ² of the inputs along each concept, in every cluster; 0.05 where neither it "
                + "nor task.deviation is given."),
        Parameter(
            "task.deviation", .numbers(0...1e3, count: 1...64, broadcast: true),
            "Standard deviation σ along each concept, in place of task.variance."),
        Parameter(
            "task.dimension", .integer(1...4096), default: .number(64),
            "Dimension d of inputs and outputs; no smaller than the number of concepts."),
        Parameter(
            "task.samples", .integer(1...10_000_000), unit: "points a cluster",
            default: .number(5000), "Training points of each cluster."),
        Parameter(
            "task.origin", .flag, default: .flag(true),
            "Whether there is one more cluster, at the origin."),
        Parameter(
            "task.rotation", .flag, default: .flag(true),
            "Whether the concepts lie along random orthonormal directions, or along the axes."),
    ]

    private static let modelParameters = [
        Parameter(
            "model.layers", .integer(1...32), default: .number(1), "Number of linear layers."),
        Parameter(
            "model.hidden", .integer(1...4096), default: .number(64), isConditional: true,
            "Width of the hidden layers, where there are any."),
        Parameter(
            "model.activation", .choice(["none", "relu"]), default: .text("none"),
            isConditional: true, "What follows every layer but the last."),
        Parameter("model.bias", .flag, default: .flag(true), "Whether layers have a bias."),
        Parameter(
            "model.initialization", .choice(["torch"]), default: .text("torch"),
            "Initial weights and biases: torch is uniform on ±1/√in, as PyTorch's linear layer."),
        Parameter(
            "model.scale", .number(0...1e3), default: .number(1),
            "Factor on the initial weights and biases."),
    ]

    private static let trainParameters = [
        Parameter(
            "train.learning_rate", .number(0...1e6, openBelow: true), default: .number(0.1),
            "Step size η of gradient descent on the mean squared error over points and outputs."),
        Parameter(
            "train.batch_size", .integerOr(1...100_000_000, words: ["full"]),
            unit: "points", default: .number(128),
            "Points a step, in the same order every epoch; the last batch may be smaller."),
        Parameter(
            "train.epochs", .integer(1...10_000_000),
            "Passes over the data; 40 where neither it nor train.steps is given."),
        Parameter(
            "train.steps", .integer(1...1_000_000_000), "Steps, in place of train.epochs."),
        Parameter(
            "log.every", .integer(1...1_000_000_000), unit: "steps", default: .number(20),
            "Steps between logged points, besides the start, each epoch's end and the last step."),
    ]
}
