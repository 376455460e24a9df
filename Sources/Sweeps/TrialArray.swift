/// What a trial keeps at some of its steps where a number would not do: images, a byte a channel.
public struct TrialArray: Hashable, Sendable {
    public let name: String
    public let steps: [UInt32]
    /// Of what one step has, the outermost dimension first: `[image, row, column, channel]`.
    public let shape: [Int]
    /// Step by step, row by row; of an image 0 is dark and 255 light.
    public let bytes: [UInt8]

    /// - Precondition: There are as many bytes as steps and shape have places.
    public init(name: String, steps: [UInt32], shape: [Int], bytes: [UInt8]) {
        precondition(
            bytes.count == shape.reduce(steps.count, *),
            "\(name): \(bytes.count) bytes for \(steps.count) steps of \(shape)")
        self.name = name
        self.steps = steps
        self.shape = shape
        self.bytes = bytes
    }

    /// What a kind says of an array that its trials keep.
    public struct Declaration: Hashable, Sendable {
        /// As of the array: `sample/11`.
        public let name: String
        /// What its images are meant to show, a word a concept: blue, small.
        public let words: [String]

        public init(_ name: String, words: [String] = []) {
            self.name = name
            self.words = words
        }
    }

    /// How many bytes one step has.
    public var sizeOfStep: Int { shape.reduce(1, *) }

    /// What the `index`-th step has.
    public func bytes(at index: Int) -> ArraySlice<UInt8> {
        bytes[index * sizeOfStep..<(index + 1) * sizeOfStep]
    }
}
