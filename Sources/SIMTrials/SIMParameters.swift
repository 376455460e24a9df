public import Sweeps

extension SIMKind {
    public var parameters: [Parameter] { Self.parameters }

    static let parameters: [Parameter] =
        taskParameters + modelParameters + trainParameters + measureParameters
        + LogSchedule.parameters(
            besides: "the start, the last step and, where they are no shorter than this, the ends "
                + "of epochs")

    private static let taskParameters = [
        Parameter(
            "task.kind", .choice(["identity", "truncated", "concepts"]), default: .text("identity"),
            isConditional: true,
            "The task, always to return the input: identity; truncated, the same with training "
                + "points nearer to the OOD point than half the least signal drawn anew; concepts, "
                + "without a cluster at the origin unless task.origin says so."),
        Parameter(
            "task.signal", .numbers(1e-6...1e6, count: 1...64, broadcast: false),
            default: .list([.number(1), .number(2)]),
            "Distance μ of each concept's cluster centre from the origin; as many as concepts."),
        Parameter(
            "task.variance", .numbers(0...1e6, count: 1...64, broadcast: true),
            isConditional: true,
            "Variance σ² of the inputs along each concept, in every cluster; 0.05 where neither it "
                + "nor task.deviation is given."),
        Parameter(
            "task.deviation", .numbers(0...1e3, count: 1...64, broadcast: true),
            isConditional: true,
            "Standard deviation σ along each concept, in place of task.variance."),
        Parameter(
            "task.dimension", .integer(1...4096), default: .number(64),
            "Dimension d of inputs and outputs; no smaller than the number of concepts."),
        Parameter(
            "task.samples", .integer(1...10_000_000), unit: "points a cluster",
            default: .number(5000),
            "Training points of each cluster; with data.file the rows of x in all."),
        Parameter(
            "task.origin", .flag, isConditional: true,
            "Whether there is one more cluster, at the origin; true unless task.kind is concepts."),
        Parameter(
            "task.rotation", .flag, default: .flag(true), isConditional: true,
            "Whether the concepts lie along random orthonormal directions, or along the axes."),
        Parameter(
            "data.file", .file,
            "Points in place of drawn ones, data: {file: PATH} in a sweep file. A safetensors file: x [n, d] in the order of training, "
                + "x_test [d], and axes [s, d], the directions of the concepts, where they are not "
                + "the first s coordinates. The task's other keys but signal, dimension and samples "
                + "do not apply."),
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
        Parameter(
            "model.bias", .flag, default: .flag(true), isIndependent: true,
            "Whether layers have a bias."),
        Parameter(
            "model.initialization", .choice(["torch", "gaussian", "nonnegative"]),
            default: .text("torch"), isConditional: true,
            "Initial weights and biases: torch is uniform on ±1/√in, as PyTorch's linear layer; "
                + "nonnegative uniform from 0 to 1/√in; gaussian normal, of deviation model.scale."),
        Parameter(
            "model.scale", .number(0...1e3), isConditional: true,
            "Factor on the bounds of torch and nonnegative, 1 if left out; of gaussian the standard "
                + "deviation itself, 0.01 if left out."),
        Parameter(
            "init.file", .file,
            "Initial weights and biases in place of drawn ones, init: {file: PATH} in a sweep file. A "
                + "safetensors file: "
                + "layers.0.weight [out, in], layers.0.bias [out], layers.1.weight …"),
    ]

    private static let trainParameters = [
        Parameter(
            "train.optimizer", .choice(["sgd", "adam", "adamw"]), default: .text("sgd"),
            "How parameters follow the gradient, as PyTorch's SGD, Adam and AdamW (ε = 1e-8)."),
        Parameter(
            "train.learning_rate", .number(0...1e6, openBelow: true), default: .number(0.1),
            isIndependent: true,
            "Step size η on the mean squared error over points and outputs."),
        Parameter(
            "train.momentum", .number(0...1), default: .number(0), isConditional: true,
            "Momentum of sgd."),
        Parameter(
            "train.betas", .numbers(0...0.999999, count: 2...2, broadcast: false),
            default: .list([.number(0.9), .number(0.999)]), isConditional: true,
            "Decay β of Adam's means of the gradient and of its square."),
        Parameter(
            "train.weight_decay", .number(0...1e3), default: .number(0),
            "Weight decay λ on weights and biases: sgd and adam add λ times the value to its "
                + "gradient, adamw takes ηλ times the value off beside the step."),
        Parameter(
            "train.batch_size", .integerOr(1...100_000_000, words: ["full"]),
            unit: "points", default: .number(128),
            "Points a step, in the same order every epoch; the last batch may be smaller."),
        Parameter(
            "train.epochs", .integer(1...10_000_000),
            "Passes over the data; 40 where neither it nor train.steps is given."),
        Parameter(
            "train.steps", .integer(1...1_000_000_000), "Steps, in place of train.epochs."),
    ]

    private static let measureParameters = [
        Parameter(
            "measure.full_loss", .flag, default: .flag(false),
            "Whether train_loss/full is measured: the loss over all points at each logged step."),
        Parameter(
            "measure.nodes", .flag, default: .flag(false),
            "Whether node_loss/0101 … are measured: the loss at each of the 2ˢ combinations of "
                + "concepts, a digit a concept; for up to 6 concepts."),
        Parameter(
            "measure.jacobian", .flag, default: .flag(false),
            "Whether w/i/j are measured: the derivative at the OOD point of output i by input j, "
                + "both along concepts."),
    ]
}
