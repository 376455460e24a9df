/// A small square matrix in Double with plain products: for identities, not for speed.
struct SmallMatrix: Hashable, Sendable {
    let size: Int
    var values: [Double]

    init(size: Int, _ values: [Double]) {
        precondition(values.count == size * size, "\(values.count) values")
        self.size = size
        self.values = values
    }

    init(diagonal: [Double]) {
        self.init(size: diagonal.count, Array(repeating: 0, count: diagonal.count * diagonal.count))
        for k in diagonal.indices { self[k, k] = diagonal[k] }
    }

    static func identity(_ size: Int) -> SmallMatrix {
        SmallMatrix(diagonal: Array(repeating: 1, count: size))
    }

    subscript(i: Int, j: Int) -> Double {
        get { values[i * size + j] }
        set { values[i * size + j] = newValue }
    }

    var transposed: SmallMatrix {
        var result = self
        for i in 0..<size {
            for j in 0..<size { result[j, i] = self[i, j] }
        }
        return result
    }

    /// The largest magnitude of an entry.
    var largest: Double { values.reduce(0) { max($0, $1.magnitude) } }

    static func + (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
        SmallMatrix(size: a.size, zip(a.values, b.values).map { $0 + $1 })
    }

    static func - (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
        SmallMatrix(size: a.size, zip(a.values, b.values).map { $0 - $1 })
    }

    static func * (factor: Double, a: SmallMatrix) -> SmallMatrix {
        SmallMatrix(size: a.size, a.values.map { factor * $0 })
    }

    static func * (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
        var result = SmallMatrix(diagonal: Array(repeating: 0, count: a.size))
        for i in 0..<a.size {
            for j in 0..<a.size {
                for k in 0..<a.size { result[i, j] += a[i, k] * b[k, j] }
            }
        }
        return result
    }
}
