import NumericCore

/// The size and the parts of a U-Net.
struct UNetShape: Hashable, Sendable {
    /// Rows, and columns, of an image.
    var size: Int
    /// Channels of each level, multiples of 16; a level has half the size of the one before.
    var channels: [Int]
    /// Residual blocks of a level, down and up.
    var blocks: Int
    /// Heads of the attention in the middle; 0 is none.
    var heads: Int
    var style: BlockStyle
    /// Numbers in what blocks are told of the time; 0 is a network without time and condition.
    var timeWidth: Int
    /// What the network makes of an image.
    var head = Head.noise
    /// A factor on the initial weights.
    var startScale = 1.0

    enum Head: Hashable, Sendable {
        /// The noise in it: what the last layer says is added to the image.
        case noise
        /// This many numbers, from the largest values of 64 maps; nothing is known of a time.
        case logits(Int)
    }

    /// Maps that a classifier takes the largest values of.
    static let mapCount = 64
    /// How much smaller all of a classifier's weights start, but those of its last layers.
    static let classifierScale = 0.02

    /// - SeeAlso: arXiv:2410.08309, appendix G.2; the authors' code has GroupNorm, not LayerNorm.
    static let paper = UNetShape(
        size: 32, channels: [64, 128, 256], blocks: 2, heads: 4,
        style: BlockStyle(groups: 8, activation: .gelu, dropout: 0.1), timeWidth: 256)

    /// Minutes a trial.
    static let medium = UNetShape(
        size: 16, channels: [16, 32, 64], blocks: 1, heads: 0,
        style: BlockStyle(groups: 8, activation: .gelu, dropout: 0.1), timeWidth: 64)

    /// Seconds a trial.
    static let small = UNetShape(
        size: 16, channels: [16, 16, 32], blocks: 1, heads: 0,
        style: BlockStyle(groups: 8, activation: .gelu, dropout: 0.1), timeWidth: 32)

    /// Sines and cosines of the time.
    static let waveCount = 64
}
