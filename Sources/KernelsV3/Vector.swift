import CVec

typealias Vector = SIMD16<Float>

/// 16 floats from `address` on, which need not be aligned.
@inline(__always)
func load(_ address: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
}

@inline(__always)
func load(_ address: UnsafeMutablePointer<Float>) -> Vector {
    load(UnsafePointer(address))
}

@inline(__always)
func store(_ vector: Vector, at address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: vector, as: Vector.self)
}

extension Vector {
    /// Adds `a * b`, rounding once: `addProduct` of the standard library is left to chance here.
    @inline(__always)
    mutating func accumulate(_ a: Vector, _ b: Vector) {
        self = cvec_fma(a, b, self)
    }
}

/// The width of a panel, and of a vector.
let lanes = 16

extension Panels {
    @inline(__always) var count: Int { (columns + lanes - 1) / lanes }

    /// The first float of panel `index`.
    @inline(__always)
    func panel(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }
}
