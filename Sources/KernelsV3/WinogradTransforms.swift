import CVec

// The transforms of Winograd's minimal filtering F(4 × 4, 3 × 3): a tile of 4 × 4 outputs of a
// convolution takes 36 products in place of 144. They run on 16 channels at once.
//
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308, section
// 4.3, gives the matrices Bᵀ, G and Aᵀ.

/// Rows and columns of output that a tile has.
let tileSize = 4
/// What is multiplied with what, for a tile: 6 × 6.
let tileProducts = 36

@inline(__always)
private func plus(_ a: Vector, _ b: Float, _ c: Vector) -> Vector {
    cvec_fma(a, Vector(repeating: b), c)
}

/// Six vectors, or four of them, or three: tuples stay in registers where arrays may not.
private typealias Six = (Vector, Vector, Vector, Vector, Vector, Vector)
private typealias Four = (Vector, Vector, Vector, Vector)
private typealias Three = (Vector, Vector, Vector)

/// Rows 1 to 4 of Bᵀ d, from d₁ to d₄.
@inline(__always)
private func middleRows(_ d: Four) -> Four {
    let a = plus(d.1, -4, d.3)
    let b = plus(d.0, -4, d.2)
    let c = d.3 - d.1
    let e = (d.2 - d.0) * 2
    return (a + b, a - b, c + e, c - e)
}

/// Row 0 of Bᵀ d, from d₀, d₂ and d₄; row 5 is the same of d₁, d₃ and d₅.
@inline(__always)
private func outerRow(_ d: Three) -> Vector {
    plus(d.0, 4, plus(d.1, -5, d.2))
}

/// Bᵀ d.
@inline(__always)
private func inputTransform(_ d: Six) -> Six {
    let middle = middleRows((d.1, d.2, d.3, d.4))
    return (
        outerRow((d.0, d.2, d.4)), middle.0, middle.1, middle.2, middle.3,
        outerRow((d.1, d.3, d.5))
    )
}

/// Aᵀ m.
@inline(__always)
private func outputTransform(_ m: Six) -> Four {
    let (s, d) = (m.1 + m.2, m.1 - m.2)
    let (t, e) = (m.3 + m.4, m.3 - m.4)
    return (m.0 + s + t, plus(e, 2, d), plus(t, 4, s), plus(e, 8, d) + m.5)
}

/// A y: what a gradient of the output is to the products.
@inline(__always)
private func gradientTransform(_ y: Four) -> Six {
    let (a, b) = (y.0 + y.2, y.1 + y.3)
    let c = plus(y.2, 4, y.0)
    let e = plus(y.3, 8, y.1 * 2)
    return (y.0, a + b, a - b, c + e, c - e, y.3)
}

/// G w.
@inline(__always)
private func weightTransform(_ w: Three) -> Six {
    let ends = w.0 + w.2
    let outer = plus(w.2, 4, w.0) * (1 / 24)
    let middle = w.1 * (1 / 12)
    return (
        w.0 * 0.25, (ends + w.1) * (-1 / 6), (w.1 - ends) * (1 / 6), outer + middle,
        outer - middle, w.2
    )
}

/// Gᵀ u: what a gradient of the products is to the weights.
@inline(__always)
private func weightGradientTransform(_ u: Six) -> Three {
    let (s, d) = ((u.1 + u.2) * (1 / 6), (u.2 - u.1) * (1 / 6))
    let (t, e) = (u.3 + u.4, u.3 - u.4)
    return (
        plus(t, 1 / 24, plus(u.0, 0.25, -s)), plus(e, 1 / 12, d), plus(t, 1 / 6, u.5 - s)
    )
}

/// Six vectors, `stride` floats apart.
@inline(__always)
private func loadSix(_ source: UnsafePointer<Float>, _ stride: Int) -> Six {
    (
        load(source), load(source + stride), load(source + 2 * stride), load(source + 3 * stride),
        load(source + 4 * stride), load(source + 5 * stride)
    )
}

@inline(__always)
private func storeSix(_ values: Six, at target: UnsafeMutablePointer<Float>, _ stride: Int) {
    store(values.0, at: target)
    store(values.1, at: target + stride)
    store(values.2, at: target + 2 * stride)
    store(values.3, at: target + 3 * stride)
    store(values.4, at: target + 4 * stride)
    store(values.5, at: target + 5 * stride)
}

/// Where pixels of a tile begin that reaches beyond its image: those beyond begin at zeros.
private struct EdgeTile<let count: Int> {
    private var pixels: InlineArray<count, UnsafePointer<Float>>

    /// - Parameters:
    ///   - side: Rows, and columns, of the tile.
    ///   - zeros: One for each channel.
    @inline(__always)
    init(
        _ images: ImageView, image: UnsafePointer<Float>, row: Int, column: Int, side: Int,
        zeros: UnsafePointer<Float>
    ) {
        pixels = InlineArray(repeating: zeros)
        for i in max(0, -row)..<min(side, images.size - row) {
            for j in max(0, -column)..<min(side, images.size - column) {
                let pixel = (row + i) * images.size + column + j
                pixels[i * side + j] = image + pixel * images.stride
            }
        }
    }

    @inline(__always)
    subscript(index: Int) -> UnsafePointer<Float> { pixels[index] }
}

extension ImageView {
    /// Tiles along an image's side.
    @inline(__always) var tiles: Int { (size + tileSize - 1) / tileSize }

    @inline(__always)
    func image(_ index: Int) -> UnsafeMutablePointer<Float> {
        base + index * size * size * stride
    }
}

/// Transforms the tiles of one image: product `e` of tile `t` goes to `[first + t][channels]`, `e`
/// times `pitch` floats from the start.
@inline(never)
func transformInput(
    _ images: ImageView, image: Int, first: Int, pitch: Int,
    into products: UnsafeMutablePointer<Float>
) {
    let (size, side, step) = (images.size, images.tiles, images.stride)
    let line = size * step
    let base = UnsafePointer(images.image(image))
    withZeros(images.channels) { zeros in
        for tile in 0..<side * side {
            let (row, column) = (tile / side * tileSize - 1, tile % side * tileSize - 1)
            let target = products + (first + tile) * images.channels
            if row >= 0 && column >= 0 && row + 6 <= size && column + 6 <= size {
                let corner = base + row * line + column * step
                for c in stride(from: 0, to: images.channels, by: lanes) {
                    transformTile(into: target + c, pitch) { i, j in
                        load(corner + i * line + j * step + c)
                    }
                }
            } else {
                let edge = EdgeTile<36>(
                    images, image: base, row: row, column: column, side: 6, zeros: zeros)
                for c in stride(from: 0, to: images.channels, by: lanes) {
                    transformTile(into: target + c, pitch) { i, j in load(edge[6 * i + j] + c) }
                }
            }
        }
    }
}

/// Bᵀ d B, in two halves of as many rows as the registers hold.
///
/// - Parameter d: Row and column of the tile.
@inline(__always)
private func transformTile(
    into target: UnsafeMutablePointer<Float>, _ pitch: Int, _ d: (Int, Int) -> Vector
) {
    @inline(__always)
    func middle(_ j: Int) -> Four { middleRows((d(1, j), d(2, j), d(3, j), d(4, j))) }
    let (m0, m1, m2) = (middle(0), middle(1), middle(2))
    let (m3, m4, m5) = (middle(3), middle(4), middle(5))
    @inline(__always)
    func put(_ i: Int, _ row: Six) {
        storeSix(inputTransform(row), at: target + 6 * i * pitch, pitch)
    }
    put(1, (m0.0, m1.0, m2.0, m3.0, m4.0, m5.0))
    put(2, (m0.1, m1.1, m2.1, m3.1, m4.1, m5.1))
    put(3, (m0.2, m1.2, m2.2, m3.2, m4.2, m5.2))
    put(4, (m0.3, m1.3, m2.3, m3.3, m4.3, m5.3))
    @inline(__always)
    func outer(_ i: Int, _ j: Int) -> Vector { outerRow((d(i, j), d(i + 2, j), d(i + 4, j))) }
    put(0, (outer(0, 0), outer(0, 1), outer(0, 2), outer(0, 3), outer(0, 4), outer(0, 5)))
    put(5, (outer(1, 0), outer(1, 1), outer(1, 2), outer(1, 3), outer(1, 4), outer(1, 5)))
}

/// The same for a gradient of the output.
@inline(never)
func transformGradient(
    _ images: ImageView, image: Int, first: Int, pitch: Int,
    into products: UnsafeMutablePointer<Float>
) {
    let (size, side, step) = (images.size, images.tiles, images.stride)
    let line = size * step
    let base = UnsafePointer(images.image(image))
    withZeros(images.channels) { zeros in
        for tile in 0..<side * side {
            let (row, column) = (tile / side * tileSize, tile % side * tileSize)
            let target = products + (first + tile) * images.channels
            if row + 4 <= size && column + 4 <= size {
                let corner = base + row * line + column * step
                for c in stride(from: 0, to: images.channels, by: lanes) {
                    transformGradientTile(into: target + c, pitch) { i, j in
                        load(corner + i * line + j * step + c)
                    }
                }
            } else {
                let edge = EdgeTile<16>(
                    images, image: base, row: row, column: column, side: 4, zeros: zeros)
                for c in stride(from: 0, to: images.channels, by: lanes) {
                    transformGradientTile(into: target + c, pitch) { i, j in
                        load(edge[4 * i + j] + c)
                    }
                }
            }
        }
    }
}

/// A y Aᵀ.
@inline(__always)
private func transformGradientTile(
    into target: UnsafeMutablePointer<Float>, _ pitch: Int, _ y: (Int, Int) -> Vector
) {
    @inline(__always)
    func column(_ j: Int) -> Six { gradientTransform((y(0, j), y(1, j), y(2, j), y(3, j))) }
    let (h0, h1, h2, h3) = (column(0), column(1), column(2), column(3))
    @inline(__always)
    func put(_ i: Int, _ row: Four) {
        storeSix(gradientTransform(row), at: target + 6 * i * pitch, pitch)
    }
    put(0, (h0.0, h1.0, h2.0, h3.0))
    put(1, (h0.1, h1.1, h2.1, h3.1))
    put(2, (h0.2, h1.2, h2.2, h3.2))
    put(3, (h0.3, h1.3, h2.3, h3.3))
    put(4, (h0.4, h1.4, h2.4, h3.4))
    put(5, (h0.5, h1.5, h2.5, h3.5))
}

/// Sums of the products of one image's tiles: of product `e` and tile `t` there are some channels from
/// `base + e * pitch + t * stride` on.
struct ProductSums {
    let base: UnsafePointer<Float>
    let pitch: Int
    let stride: Int
}

/// The products' sums become some channels of one image.
///
/// - Parameters:
///   - start: What is added to every pixel, from the first of the channels on.
///   - other: What is added to the image, from that channel of its first pixel on; nil is zero.
@inline(never)
func transformOutput(
    _ sums: ProductSums, start: UnsafePointer<Float>?, other: UnsafePointer<Float>?,
    otherStride: Int, into images: ImageView, image: Int, channels: Range<Int>
) {
    let (size, side, pitch) = (images.size, images.tiles, sums.pitch)
    let base = images.image(image) + channels.lowerBound
    for tile in 0..<side * side {
        let (top, left) = (tile / side * tileSize, tile % side * tileSize)
        let (height, width) = (min(tileSize, size - top), min(tileSize, size - left))
        let pixel = top * size + left
        for c in stride(from: 0, to: channels.count, by: lanes) {
            let source = sums.base + tile * sums.stride + c
            @inline(__always)
            func column(_ j: Int) -> Four {
                outputTransform(loadSix(source + j * pitch, 6 * pitch))
            }
            let (h0, h1, h2) = (column(0), column(1), column(2))
            let (h3, h4, h5) = (column(3), column(4), column(5))
            let begin = start.map { load($0 + c) } ?? Vector(repeating: 0)
            @inline(__always)
            func put(_ i: Int, _ half: Six) {
                guard i < height else { return }
                let values = outputTransform(half)
                let row = pixel + i * size
                let target = base + row * images.stride + c
                let beside = other.map { $0 + row * otherStride + c }
                @inline(__always)
                func put(_ j: Int, _ value: Vector) {
                    guard j < width else { return }
                    var value = value + begin
                    if let beside { value += load(beside + j * otherStride) }
                    store(value, at: target + j * images.stride)
                }
                put(0, values.0)
                put(1, values.1)
                put(2, values.2)
                put(3, values.3)
            }
            put(0, (h0.0, h1.0, h2.0, h3.0, h4.0, h5.0))
            put(1, (h0.1, h1.1, h2.1, h3.1, h4.1, h5.1))
            put(2, (h0.2, h1.2, h2.2, h3.2, h4.2, h5.2))
            put(3, (h0.3, h1.3, h2.3, h3.3, h4.3, h5.3))
        }
    }
}

/// The weights of 16 outputs, nine of each, become 36 products' factors.
@inline(__always)
func transformWeight(
    _ weight: UnsafePointer<Float>, stride: Int, into products: UnsafeMutablePointer<Float>,
    stride productStride: Int
) {
    @inline(__always)
    func column(_ j: Int) -> Six {
        weightTransform(
            (
                load(weight + j * stride), load(weight + (3 + j) * stride),
                load(weight + (6 + j) * stride)
            ))
    }
    let (h0, h1, h2) = (column(0), column(1), column(2))
    @inline(__always)
    func put(_ i: Int, _ row: Three) {
        storeSix(weightTransform(row), at: products + 6 * i * productStride, productStride)
    }
    put(0, (h0.0, h1.0, h2.0))
    put(1, (h0.1, h1.1, h2.1))
    put(2, (h0.2, h1.2, h2.2))
    put(3, (h0.3, h1.3, h2.3))
    put(4, (h0.4, h1.4, h2.4))
    put(5, (h0.5, h1.5, h2.5))
}

/// Adds what gradients of 36 products' factors are to nine weights of 16 outputs.
@inline(__always)
func addWeightGradient(
    _ products: UnsafePointer<Float>, stride productStride: Int,
    to sums: UnsafeMutablePointer<Float>, stride: Int
) {
    @inline(__always)
    func column(_ j: Int) -> Three {
        weightGradientTransform(loadSix(products + j * productStride, 6 * productStride))
    }
    let (h0, h1, h2) = (column(0), column(1), column(2))
    let (h3, h4, h5) = (column(3), column(4), column(5))
    @inline(__always)
    func put(_ i: Int, _ row: Six) {
        let values = weightGradientTransform(row)
        let target = sums + 3 * i * stride
        store(load(target) + values.0, at: target)
        store(load(target + stride) + values.1, at: target + stride)
        store(load(target + 2 * stride) + values.2, at: target + 2 * stride)
    }
    put(0, (h0.0, h1.0, h2.0, h3.0, h4.0, h5.0))
    put(1, (h0.1, h1.1, h2.1, h3.1, h4.1, h5.1))
    put(2, (h0.2, h1.2, h2.2, h3.2, h4.2, h5.2))
}

/// Calls `body` with as many zeros on the stack.
@inline(__always)
private func withZeros(_ count: Int, _ body: (UnsafePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { zeros in
        zeros.initialize(repeating: 0)
        guard let base = zeros.baseAddress else { return }
        body(UnsafePointer(base))
    }
}
