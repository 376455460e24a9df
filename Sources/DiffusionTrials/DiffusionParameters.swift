public import Sweeps

extension DiffusionKind {
    public var parameters: [Parameter] { Self.parameters }

    static let parameters: [Parameter] =
        [
            Parameter(
                "tier", .choice(Tier.allCases.map(\.rawValue)), default: .text("T1"),
                isConditional: true,
                "What a trial costs, as defaults of the keys that say so: T0 seconds, T1 minutes on "
                    + "a core, T2 the paper's sizes.")
        ] + dataParameters + modelParameters + trainParameters + sampleParameters + probeParameters

    private static let dataParameters = [
        Parameter(
            "task.kind", .choice(["generator", "classifier"]), default: .text("generator"),
            "What is trained: a model that draws images, or the judge of such images."),
        Parameter(
            "data.concepts",
            .choice(["color-size", "color-size-background", "shape-color-size"]),
            default: .text("color-size"),
            "The concepts that set classes apart, in the order of a class's digits."),
        Parameter(
            "data.size", .integer(8...64), unit: "pixels",
            "Width and height of images; left to the tier."),
        Parameter(
            "data.color_separation", .number(0...0.8), default: .number(0.4),
            isConditional: true,
            "Δc: by how much red and blue differ in each of these channels, of 1; a classifier sees "
                + "small and large separations."),
        Parameter(
            "data.size_separation", .number(0...0.8), default: .number(0.4),
            isConditional: true,
            "Δz: by how much the mean radii of big and small differ, in half widths of the image."),
        Parameter(
            "data.background_separation", .number(0...0.8), default: .number(0.4),
            isConditional: true, "Δbg: by how much bright and dark backgrounds differ, of 1."),
        Parameter(
            "data.radius", .number(0.2...0.9), unit: "half widths",
            "The mean radius over both sizes; left to the tier."),
        Parameter(
            "data.blur", .number(0...8), unit: "pixels",
            "Standard deviation of the blur of edges; left to the tier."),
        Parameter(
            "data.samples", .integer(8...1_000_000), unit: "images a class",
            "Images of each class, 85 % of which are trained on; a classifier's of each class in each "
                + "of four settings; left to the tier."),
        Parameter(
            "data.empty", .number(0...0.9), isConditional: true,
            "The share of a classifier's images that show the background alone; left to the tier."),
    ]

    private static let modelParameters = [
        Parameter(
            "model.channels", .numbers(16...1024, count: 1...5, broadcast: false),
            "Channels of each level, multiples of 16, the first at full size; left to the tier."),
        Parameter(
            "model.blocks", .integer(1...8), "Residual blocks of a level; left to the tier."),
        Parameter(
            "model.attention", .flag, "Self-attention in the middle; left to the tier."),
        Parameter(
            "model.groups", .integer(1...64),
            "Groups of channels that are normalised together; left to the tier."),
        Parameter(
            "model.time_width", .integer(2...1024), isConditional: true,
            "Numbers that residual blocks are told of the time; left to the tier."),
        Parameter(
            "model.dropout", .number(0...0.9),
            "The share of activations in residual blocks that training drops; left to the tier."),
        Parameter(
            "model.scale", .number(0...10), default: .number(1),
            "Factor on the initial weights."),
    ]

    private static let trainParameters = [
        Parameter("train.steps", .integer(1...100_000_000), "Updates; left to the tier."),
        Parameter(
            "train.batch_size", .integer(1...4096), unit: "images",
            "Images a step, shuffled every epoch; left to the tier."),
        Parameter(
            "train.learning_rate", .number(0...10, openBelow: true),
            "Step size of AdamW; left to the tier."),
        Parameter(
            "train.weight_decay", .number(0...10), default: .number(0.01),
            "Weight decay of AdamW, on every parameter."),
        Parameter(
            "train.betas", .numbers(0...0.999999, count: 2...2, broadcast: false),
            default: .list([.number(0.9), .number(0.999)]),
            "Decay β of AdamW's means of the gradient and of its square."),
        Parameter(
            "train.clip", .number(0...1e9),
            "The largest norm of the gradient; 0 does not clip; left to the tier."),
        Parameter(
            "train.clip_scope", .choice(["all", "network"]), isConditional: true,
            "Whether a learned schedule counts in that norm and is clipped with the network; left "
                + "to the tier."),
        Parameter(
            "train.loss", .choice(["variational", "noise"]), default: .text("variational"),
            isConditional: true,
            "What is minimised: the variational bound in bits a dimension, or the mean squared "
                + "error of the noise at 500 discrete times."),
        Parameter(
            "train.schedule", .choice(["learned", "frozen"]), isConditional: true,
            "Whether γ(t) = -5 + 15 t is where the schedule begins or stays; left to the tier."),
        Parameter(
            "train.average", .number(0...0.999999),
            "Decay of the averaged weights that are sampled from, a step; 0 takes the last ones; "
                + "left to the tier."),
        Parameter(
            "train.condition_dropout", .number(0...1), default: .number(0), isConditional: true,
            "The share of images whose condition is left out, for sample.guidance."),
        Parameter(
            "train.noise", .number(0...1), isConditional: true,
            "The largest deviation of the noise on a classifier's images; left to the tier."),
        Parameter(
            "log.every", .integer(1...1_000_000), unit: "steps", default: .number(20),
            "Steps between logged losses, besides the start and the last step."),
    ]

    private static let sampleParameters = [
        Parameter(
            "judge.classifier", .file, isConditional: true,
            "The weights of the classifier that judges images, judge: {classifier: PATH} in a "
                + "sweep file; without it images are drawn and not judged."),
        Parameter(
            "sample.steps", .integer(1...10_000), isConditional: true,
            "Steps from noise to image; left to the tier."),
        Parameter(
            "sample.images", .integer(1...100_000), unit: "images a class", isConditional: true,
            "Images of each trained class, and of others by their means, at each checkpoint; left to "
                + "the tier."),
        Parameter(
            "sample.ood_images", .integer(1...100_000), unit: "images", isConditional: true,
            "Images of the class with all concepts at each checkpoint, since the concept curves are "
                + "theirs; left to the tier."),
        Parameter(
            "sample.checkpoints", .integer(1...10_000), isConditional: true,
            "How often images are drawn, equally far apart in the square root of the step; left to "
                + "the tier."),
        Parameter(
            "sample.first_step", .integer(1...100_000_000), unit: "steps", isConditional: true,
            "When images are drawn first; left to the tier."),
        Parameter(
            "sample.guidance", .number(0...100), default: .number(0), isConditional: true,
            "w of classifier-free guidance: (1 + w) times the prediction given the condition less w "
                + "times that without."),
        Parameter(
            "sample.keep", .integer(0...100_000), unit: "images a class", default: .number(0),
            isConditional: true,
            "Images of each class at each checkpoint that stay with the result, for figures, in "
                + "3 data.size² bytes each."),
    ]

    private static let probeParameters = [
        Parameter(
            "probe.color_separations", .numbers(0...1, count: 1...16, broadcast: false),
            isConditional: true,
            "Prompts for the class with all concepts beyond its own, each with the colour of this "
                + "Δc: at each checkpoint images of each are judged; left out, nothing is probed."),
        Parameter(
            "probe.size", .number(0...1), unit: "half widths", isConditional: true,
            "The radius in these prompts; left out it is the class's mean."),
        Parameter(
            "probe.images", .integer(1...100_000), unit: "images a prompt", default: .number(64),
            isConditional: true, "Images of each of these prompts, and of the class's own."),
    ]
}
