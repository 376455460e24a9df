import Sweeps

/// A cell of the kind `diffusion`, decoded and checked.
struct DiffusionConfiguration: Hashable, Sendable {
    /// What is trained.
    enum Role: String, Hashable, Sendable {
        /// A model that draws images.
        case generator
        /// A judge that tells the concepts of an image.
        case classifier
    }

    enum Loss: String, Hashable, Sendable {
        /// `VariationalLoss`.
        case variational
        /// The mean squared error of the predicted noise, at discrete times.
        case noise
    }

    /// What gradients are clipped by.
    enum ClipScope: String, Hashable, Sendable {
        /// The norm over the network and the schedule.
        case all
        /// The norm over the network, by which its gradients alone are clipped.
        case network
    }

    /// How the network follows its gradients.
    struct Training: Hashable, Sendable {
        let steps: Int
        let batchSize: Int
        let learningRate: Double
        let weightDecay: Double
        /// Two.
        let betas: [Double]
        /// The largest norm of a gradient; nil where it is not clipped.
        let clip: Double?
        let clipScope: ClipScope
        let loss: Loss
        let isScheduleLearned: Bool
        /// The decay of the averaged weights that are sampled from; nil where the last ones are.
        let average: Double?
        /// The share of images whose condition is left out.
        let conditionDropout: Double
        /// The largest deviation of the noise that a classifier's images get.
        let noise: Double
    }

    /// What is drawn from a generator on the way.
    struct Sampling: Hashable, Sendable {
        /// Steps from noise to image.
        let steps: Int
        /// Images of every other class at each checkpoint.
        let images: Int
        /// Images of the class with all concepts at each checkpoint.
        let oodImages: Int
        /// How often images are drawn.
        let checkpoints: Int
        /// The step of the first time.
        let firstStep: Int
        /// How far the prediction is moved away from the one without a condition.
        let guidance: Double
        /// Images of each class at each checkpoint that stay with the result.
        let kept: Int
    }

    /// What a generator is asked for beyond the class's own prompt.
    struct Probing: Hashable, Sendable {
        /// Of each prompt, the separation that it has the class's colour at.
        let colorSeparations: [Double]
        /// The radius that is told; nil where it is the class's own.
        let size: Double?
        /// Images of each prompt.
        let images: Int
    }

    let role: Role
    let images: ImageTask
    /// Images of each class.
    let samples: Int
    /// The share of a classifier's images that show the background alone.
    let emptyShare: Double
    let shape: UNetShape
    let training: Training
    let sampling: Sampling
    /// nil where nothing is probed.
    let probing: Probing?
    /// The digest of the judge's weights; nil where images are not judged.
    let judgeFile: String?
    /// Steps between logged losses.
    let logInterval: Int
}
