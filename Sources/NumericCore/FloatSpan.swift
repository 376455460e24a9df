/// Floats in an arena, which whoever uses them must hold.
public struct FloatSpan {
    let base: UnsafeMutablePointer<Float>
    public let count: Int

    init(base: UnsafeMutablePointer<Float>, count: Int) {
        precondition(count >= 0, "\(count) floats")
        self.base = base
        self.count = count
    }

    /// The floats from `offset` on.
    public func part(_ offset: Int, _ count: Int) -> FloatSpan {
        precondition(
            offset >= 0 && count >= 0 && count <= self.count - offset,
            "\(count) floats from \(offset) on, of \(self.count)")
        return FloatSpan(base: base + offset, count: count)
    }

    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "float \(index) of \(count)")
            return base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "float \(index) of \(count)")
            base[index] = newValue
        }
    }

    public func fill(_ value: Float) {
        base.update(repeating: value, count: count)
    }

    public func copy(from other: FloatSpan) {
        precondition(other.count == count, "\(other.count) floats into \(count)")
        base.update(from: other.base, count: count)
    }

    /// - Precondition: There are as many values.
    public func set(_ values: [Float]) {
        precondition(values.count == count, "\(values.count) values for \(count) floats")
        values.withUnsafeBufferPointer { source in
            if let address = source.baseAddress { base.update(from: address, count: count) }
        }
    }

    public var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
