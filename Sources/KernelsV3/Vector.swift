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

/// Half a vector: what a panel of at most eight columns needs, at half the cost.
typealias Half = SIMD8<Float>

@inline(__always)
func loadHalf(_ address: UnsafePointer<Float>) -> Half {
    UnsafeRawPointer(address).loadUnaligned(as: Half.self)
}

@inline(__always)
func loadHalf(_ address: UnsafeMutablePointer<Float>) -> Half {
    loadHalf(UnsafePointer(address))
}

@inline(__always)
func storeHalf(_ half: Half, at address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: half, as: Half.self)
}

/// The width of a panel, and of a vector.
let lanes = 16

extension Panels {
    @inline(__always) var count: Int { (columns + lanes - 1) / lanes }

    /// Whether panel `index` has at most eight columns; what pads it is zero for good.
    @inline(__always)
    func isNarrow(_ index: Int) -> Bool { columns - index * lanes <= 8 }

    /// The first float of panel `index`.
    @inline(__always)
    func panel(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }
}
