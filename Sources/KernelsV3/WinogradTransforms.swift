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

/// Bᵀ d.
@inline(__always)
private func inputTransform(_ d: InlineArray<6, Vector>) -> InlineArray<6, Vector> {
    let a = plus(d[2], -4, d[4])
    let b = plus(d[1], -4, d[3])
    let c = d[4] - d[2]
    let e = (d[3] - d[1]) * 2
    return [
        plus(d[0], 4, plus(d[2], -5, d[4])), a + b, a - b, c + e, c - e,
        plus(d[1], 4, plus(d[3], -5, d[5])),
    ]
}

/// Aᵀ m.
@inline(__always)
private func outputTransform(_ m: InlineArray<6, Vector>) -> InlineArray<4, Vector> {
    let (s, d) = (m[1] + m[2], m[1] - m[2])
    let (t, e) = (m[3] + m[4], m[3] - m[4])
    return [m[0] + s + t, plus(e, 2, d), plus(t, 4, s), plus(e, 8, d) + m[5]]
}

/// A y: what a gradient of the output is to the products.
@inline(__always)
private func gradientTransform(_ y: InlineArray<4, Vector>) -> InlineArray<6, Vector> {
    let (a, b) = (y[0] + y[2], y[1] + y[3])
    let c = plus(y[2], 4, y[0])
    let e = plus(y[3], 8, y[1] * 2)
    return [y[0], a + b, a - b, c + e, c - e, y[3]]
}

/// G w.
@inline(__always)
private func weightTransform(_ w: InlineArray<3, Vector>) -> InlineArray<6, Vector> {
    let ends = w[0] + w[2]
    let outer = plus(w[2], 4, w[0]) * (1 / 24)
    let middle = w[1] * (1 / 12)
    return [
        w[0] * 0.25, (ends + w[1]) * (-1 / 6), (w[1] - ends) * (1 / 6), outer + middle,
        outer - middle, w[2],
    ]
}

/// Gᵀ u: what a gradient of the products is to the weights.
@inline(__always)
private func weightGradientTransform(_ u: InlineArray<6, Vector>) -> InlineArray<3, Vector> {
    let (s, d) = ((u[1] + u[2]) * (1 / 6), (u[2] - u[1]) * (1 / 6))
    let (t, e) = (u[3] + u[4], u[3] - u[4])
    return [
        plus(t, 1 / 24, plus(u[0], 0.25, -s)), plus(e, 1 / 12, d), plus(t, 1 / 6, u[5] - s),
    ]
}

extension ImageView {
    /// Tiles along an image's side.
    @inline(__always) var tiles: Int { (size + tileSize - 1) / tileSize }

    @inline(__always)
    func image(_ index: Int) -> UnsafeMutablePointer<Float> {
        base + index * size * size * stride
    }
}

/// Transforms the tiles of one image: product `e` of tile `t` goes to `[e][first + t][channels]`,
/// where there are `count` tiles.
@inline(__always)
func transformInput(
    _ images: ImageView, image: Int, first: Int, of count: Int,
    into products: UnsafeMutablePointer<Float>
) {
    let (size, side) = (images.size, images.tiles)
    for tile in 0..<side * side {
        let (top, left) = (tile / side * tileSize - 1, tile % side * tileSize - 1)
        let isInside = top >= 0 && left >= 0 && top + 6 <= size && left + 6 <= size
        let corner = images.image(image) + (top * size + left) * images.stride
        for c in stride(from: 0, to: images.channels, by: lanes) {
            var rows = InlineArray<36, Vector>(repeating: .zero)
            for j in 0..<6 {
                var column = InlineArray<6, Vector>(repeating: .zero)
                let source = corner + j * images.stride + c
                if isInside {
                    for i in 0..<6 { column[i] = load(source + i * size * images.stride) }
                } else if left + j >= 0 && left + j < size {
                    for i in 0..<6 where top + i >= 0 && top + i < size {
                        column[i] = load(source + i * size * images.stride)
                    }
                }
                let transformed = inputTransform(column)
                for i in 0..<6 { rows[6 * i + j] = transformed[i] }
            }
            let target = products + (first + tile) * images.channels + c
            storeRows(rows, at: target, stride: count * images.channels)
        }
    }
}

/// Ends a transform whose first half left six rows of six.
@inline(__always)
private func storeRows(
    _ rows: InlineArray<36, Vector>, at target: UnsafeMutablePointer<Float>, stride: Int
) {
    for i in 0..<6 {
        let row: InlineArray<6, Vector> = [
            rows[6 * i], rows[6 * i + 1], rows[6 * i + 2], rows[6 * i + 3], rows[6 * i + 4],
            rows[6 * i + 5],
        ]
        let transformed = inputTransform(row)
        for j in 0..<6 { store(transformed[j], at: target + (6 * i + j) * stride) }
    }
}

/// The same for a gradient of the output.
@inline(__always)
func transformGradient(
    _ images: ImageView, image: Int, first: Int, of count: Int,
    into products: UnsafeMutablePointer<Float>
) {
    let (size, side) = (images.size, images.tiles)
    for tile in 0..<side * side {
        let (top, left) = (tile / side * tileSize, tile % side * tileSize)
        let (height, width) = (min(tileSize, size - top), min(tileSize, size - left))
        let corner = images.image(image) + (top * size + left) * images.stride
        for c in stride(from: 0, to: images.channels, by: lanes) {
            var rows = InlineArray<24, Vector>(repeating: .zero)
            for j in 0..<width {
                var column = InlineArray<4, Vector>(repeating: .zero)
                let source = corner + j * images.stride + c
                if height == tileSize {
                    for i in 0..<tileSize { column[i] = load(source + i * size * images.stride) }
                } else {
                    for i in 0..<height { column[i] = load(source + i * size * images.stride) }
                }
                let transformed = gradientTransform(column)
                for i in 0..<6 { rows[4 * i + j] = transformed[i] }
            }
            let target = products + (first + tile) * images.channels + c
            for i in 0..<6 {
                let transformed = gradientTransform([
                    rows[4 * i], rows[4 * i + 1], rows[4 * i + 2], rows[4 * i + 3],
                ])
                for j in 0..<6 {
                    store(transformed[j], at: target + (6 * i + j) * count * images.channels)
                }
            }
        }
    }
}

/// The products' sums become the outputs of one image.
///
/// - Parameters:
///   - start: What is added to every pixel.
///   - other: What is added to the image, from its first float; nil is zero.
@inline(__always)
func transformOutput(
    _ products: UnsafePointer<Float>, first: Int, of count: Int, start: UnsafePointer<Float>?,
    other: UnsafePointer<Float>?, otherStride: Int, into images: ImageView, image: Int
) {
    let (size, side) = (images.size, images.tiles)
    for tile in 0..<side * side {
        let (top, left) = (tile / side * tileSize, tile % side * tileSize)
        let (height, width) = (min(tileSize, size - top), min(tileSize, size - left))
        let pixel = top * size + left
        for c in stride(from: 0, to: images.channels, by: lanes) {
            var columns = InlineArray<24, Vector>(repeating: .zero)
            let source = products + (first + tile) * images.channels + c
            let stride = count * images.channels
            for j in 0..<6 {
                var column = InlineArray<6, Vector>(repeating: .zero)
                for i in 0..<6 { column[i] = load(source + (6 * i + j) * stride) }
                let transformed = outputTransform(column)
                for i in 0..<4 { columns[6 * i + j] = transformed[i] }
            }
            let begin = start.map { load($0 + c) } ?? .zero
            for i in 0..<height {
                let values = outputTransform([
                    columns[6 * i], columns[6 * i + 1], columns[6 * i + 2], columns[6 * i + 3],
                    columns[6 * i + 4], columns[6 * i + 5],
                ])
                let target = images.image(image) + (pixel + i * size) * images.stride + c
                for j in 0..<4 where j < width {
                    var value = values[j] + begin
                    if let other {
                        value += load(other + (pixel + i * size + j) * otherStride + c)
                    }
                    store(value, at: target + j * images.stride)
                }
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
    var columns = InlineArray<18, Vector>(repeating: .zero)
    for j in 0..<3 {
        let transformed = weightTransform([
            load(weight + j * stride), load(weight + (3 + j) * stride),
            load(weight + (6 + j) * stride),
        ])
        for i in 0..<6 { columns[3 * i + j] = transformed[i] }
    }
    for i in 0..<6 {
        let transformed = weightTransform([columns[3 * i], columns[3 * i + 1], columns[3 * i + 2]])
        for j in 0..<6 { store(transformed[j], at: products + (6 * i + j) * productStride) }
    }
}

/// Adds what gradients of 36 products' factors are to nine weights of 16 outputs.
@inline(__always)
func addWeightGradient(
    _ products: UnsafePointer<Float>, stride productStride: Int,
    to sums: UnsafeMutablePointer<Float>, stride: Int
) {
    var columns = InlineArray<18, Vector>(repeating: .zero)
    for j in 0..<6 {
        var column = InlineArray<6, Vector>(repeating: .zero)
        for i in 0..<6 { column[i] = load(products + (6 * i + j) * productStride) }
        let transformed = weightGradientTransform(column)
        for i in 0..<3 { columns[6 * i + j] = transformed[i] }
    }
    for i in 0..<3 {
        let transformed = weightGradientTransform([
            columns[6 * i], columns[6 * i + 1], columns[6 * i + 2], columns[6 * i + 3],
            columns[6 * i + 4], columns[6 * i + 5],
        ])
        for j in 0..<3 {
            let target = sums + (3 * i + j) * stride
            store(load(target) + transformed[j], at: target)
        }
    }
}
