/// A named array of numbers: weights or data, as they go into a file or come from one.
public struct Tensor: Hashable, Sendable {
    public enum Values: Hashable, Sendable {
        case float([Float])
        case double([Double])
        case bytes([UInt8])

        public var count: Int {
            switch self {
            case .float(let values): values.count
            case .double(let values): values.count
            case .bytes(let values): values.count
            }
        }

        func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
            switch self {
            case .float(let values): values.withUnsafeBytes(body)
            case .double(let values): values.withUnsafeBytes(body)
            case .bytes(let values): values.withUnsafeBytes(body)
            }
        }
    }

    public let name: String
    /// The size of each dimension, the outermost first; a single number has none.
    public let shape: [Int]
    /// Row by row.
    public let values: Values

    /// - Precondition: There are as many values as the shape has places.
    public init(_ name: String, shape: [Int], _ values: Values) {
        precondition(
            values.count == shape.reduce(1, *), "\(name): \(values.count) values for \(shape)")
        self.name = name
        self.shape = shape
        self.values = values
    }

    /// The values as single precision, whatever they are kept as.
    public var floats: [Float] {
        switch values {
        case .float(let values): values
        case .double(let values): values.map(Float.init)
        case .bytes(let values): values.map(Float.init)
        }
    }
}
