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

/// Bᵀ d.
@inline(__always)
private func inputTransform(_ d: Six) -> Six {
    let a = plus(d.2, -4, d.4)
    let b = plus(d.1, -4, d.3)
    let c = d.4 - d.2
    let e = (d.3 - d.1) * 2
    return (
        plus(d.0, 4, plus(d.2, -5, d.4)), a + b, a - b, c + e, c - e,
        plus(d.1, 4, plus(d.3, -5, d.5))
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

/// What the first half of a transform leaves, for the second one, which goes along the other way:
/// rows of `width`, of which a tile has at most 6 by 6.
private typealias Half = InlineArray<36, Vector>

extension InlineArray where Element == Vector {
    /// Six values as column `j` of rows of six.
    @inline(__always)
    fileprivate mutating func setColumn(_ j: Int, _ column: Six) {
        self[j] = column.0
        self[6 + j] = column.1
        self[12 + j] = column.2
        self[18 + j] = column.3
        self[24 + j] = column.4
        self[30 + j] = column.5
    }

    @inline(__always)
    fileprivate func row(_ i: Int) -> Six {
        (
            self[6 * i], self[6 * i + 1], self[6 * i + 2], self[6 * i + 3], self[6 * i + 4],
            self[6 * i + 5]
        )
    }
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

/// The vector at `source` where `isInside`, else zero.
@inline(__always)
private func load(_ source: UnsafePointer<Float>, if isInside: Bool) -> Vector {
    isInside ? load(source) : Vector(repeating: 0)
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
    let (size, side) = (images.size, images.tiles)
    let line = size * images.stride
    for tile in 0..<side * side {
        let (top, left) = (tile / side * tileSize - 1, tile % side * tileSize - 1)
        let isInside = top >= 0 && left >= 0 && top + 6 <= size && left + 6 <= size
        let corner = UnsafePointer(images.image(image)) + (top * size + left) * images.stride
        func isRow(_ i: Int) -> Bool { top + i >= 0 && top + i < size }
        for c in stride(from: 0, to: images.channels, by: lanes) {
            var half = Half(repeating: Vector(repeating: 0))
            for j in 0..<6 {
                let p = corner + j * images.stride + c
                if isInside {
                    half.setColumn(j, inputTransform(loadSix(p, line)))
                } else if left + j >= 0 && left + j < size {
                    let column = (
                        load(p, if: isRow(0)), load(p + line, if: isRow(1)),
                        load(p + 2 * line, if: isRow(2)), load(p + 3 * line, if: isRow(3)),
                        load(p + 4 * line, if: isRow(4)), load(p + 5 * line, if: isRow(5))
                    )
                    half.setColumn(j, inputTransform(column))
                }
            }
            let target = products + (first + tile) * images.channels + c
            for i in 0..<6 {
                storeSix(inputTransform(half.row(i)), at: target + 6 * i * pitch, pitch)
            }
        }
    }
}

/// The same for a gradient of the output.
@inline(never)
func transformGradient(
    _ images: ImageView, image: Int, first: Int, pitch: Int,
    into products: UnsafeMutablePointer<Float>
) {
    let (size, side) = (images.size, images.tiles)
    let line = size * images.stride
    for tile in 0..<side * side {
        let (top, left) = (tile / side * tileSize, tile % side * tileSize)
        let corner = UnsafePointer(images.image(image)) + (top * size + left) * images.stride
        func isRow(_ i: Int) -> Bool { top + i < size }
        for c in stride(from: 0, to: images.channels, by: lanes) {
            var half = Half(repeating: Vector(repeating: 0))
            for j in 0..<tileSize where left + j < size {
                let p = corner + j * images.stride + c
                let column = (
                    load(p), load(p + line, if: isRow(1)), load(p + 2 * line, if: isRow(2)),
                    load(p + 3 * line, if: isRow(3))
                )
                half.setColumn(j, gradientTransform(column))
            }
            let target = products + (first + tile) * images.channels + c
            for i in 0..<6 {
                let row = half.row(i)
                storeSix(
                    gradientTransform((row.0, row.1, row.2, row.3)), at: target + 6 * i * pitch,
                    pitch)
            }
        }
    }
}

/// The products' sums become the outputs of one image.
///
/// - Parameters:
///   - start: What is added to every pixel.
///   - other: What is added to the image, from its first float; nil is zero.
@inline(never)
func transformOutput(
    _ products: UnsafePointer<Float>, first: Int, pitch: Int, start: UnsafePointer<Float>?,
    other: UnsafePointer<Float>?, otherStride: Int, into images: ImageView, image: Int
) {
    let (size, side) = (images.size, images.tiles)
    for tile in 0..<side * side {
        let (top, left) = (tile / side * tileSize, tile % side * tileSize)
        let (height, width) = (min(tileSize, size - top), min(tileSize, size - left))
        let pixel = top * size + left
        for c in stride(from: 0, to: images.channels, by: lanes) {
            var half = Half(repeating: Vector(repeating: 0))
            let source = products + (first + tile) * images.channels + c
            for j in 0..<6 {
                let column = outputTransform(loadSix(source + j * pitch, 6 * pitch))
                let zero = Vector(repeating: 0)
                half.setColumn(j, (column.0, column.1, column.2, column.3, zero, zero))
            }
            let begin = start.map { load($0 + c) } ?? Vector(repeating: 0)
            for i in 0..<tileSize where i < height {
                let values = outputTransform(half.row(i))
                let row = pixel + i * size
                let target = images.image(image) + row * images.stride + c
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
        }
    }
}

/// The weights of 16 outputs, nine of each, become 36 products' factors.
@inline(__always)
func transformWeight(
    _ weight: UnsafePointer<Float>, stride: Int, into products: UnsafeMutablePointer<Float>,
    stride productStride: Int
) {
    var half = Half(repeating: Vector(repeating: 0))
    for j in 0..<3 {
        half.setColumn(
            j,
            weightTransform(
                (
                    load(weight + j * stride), load(weight + (3 + j) * stride),
                    load(weight + (6 + j) * stride)
                )))
    }
    for i in 0..<6 {
        let row = half.row(i)
        storeSix(
            weightTransform((row.0, row.1, row.2)), at: products + 6 * i * productStride,
            productStride)
    }
}

/// Adds what gradients of 36 products' factors are to nine weights of 16 outputs.
@inline(__always)
func addWeightGradient(
    _ products: UnsafePointer<Float>, stride productStride: Int,
    to sums: UnsafeMutablePointer<Float>, stride: Int
) {
    var half = Half(repeating: Vector(repeating: 0))
    let zero = Vector(repeating: 0)
    for j in 0..<6 {
        let column = weightGradientTransform(
            loadSix(products + j * productStride, 6 * productStride))
        half.setColumn(j, (column.0, column.1, column.2, zero, zero, zero))
    }
    for i in 0..<3 {
        let values = weightGradientTransform(half.row(i))
        let target = sums + 3 * i * stride
        store(load(target) + values.0, at: target)
        store(load(target + stride) + values.1, at: target + stride)
        store(load(target + 2 * stride) + values.2, at: target + 2 * stride)
    }
}
