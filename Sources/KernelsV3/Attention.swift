public import CVec

/// Attention of every pixel of an image to all of its pixels, head by head:
/// `output = softmax(scale · query · keyᵀ) · value`, where each head has a range of channels.
///
/// Everything is laid out pixel by pixel along the vectors, so that sums need no order but that of
/// their terms.
///
/// - Parameters:
///   - width: Channels of a head.
///   - scratch: `AttentionScratch.floatCount` floats.
@inline(never)
public func attend(
    heads: Int, width: Int, scale: Float, query: ImageView, key: ImageView, value: ImageView,
    scratch: UnsafeMutablePointer<Float>, output: ImageView
) {
    let room = AttentionScratch(scratch, pixels: query.size * query.size, width: width)
    for image in 0..<query.count {
        for head in 0..<heads {
            let offset = head * width
            room.transpose(query, image, offset, into: room.query)
            room.transpose(value, image, offset, into: room.value)
            room.weigh(scale, key.image(image) + offset, keyStride: key.stride)
            room.multiply(
                rows: width, depth: room.pixels, room.value, room.padded, room.weights,
                into: room.output)
            for p in 0..<room.pixels {
                for c in 0..<width {
                    output.image(image)[p * output.stride + offset + c] =
                        room.output[c * room.padded + p]
                }
            }
        }
    }
}

/// The gradients of `attend`.
///
/// - Parameters:
///   - gradient: Of the output.
///   - queryGradient: Left, like the other two.
@inline(never)
public func attendBack(
    heads: Int, width: Int, scale: Float, query: ImageView, key: ImageView, value: ImageView,
    gradient: ImageView, scratch: UnsafeMutablePointer<Float>, queryGradient: ImageView,
    keyGradient: ImageView, valueGradient: ImageView
) {
    let room = AttentionScratch(scratch, pixels: query.size * query.size, width: width)
    let (pixels, padded) = (room.pixels, room.padded)
    for image in 0..<query.count {
        for head in 0..<heads {
            let offset = head * width
            room.transpose(query, image, offset, into: room.query)
            room.transpose(key, image, offset, into: room.value)
            room.transpose(gradient, image, offset, into: room.gradient)
            room.weigh(scale, key.image(image) + offset, keyStride: key.stride)

            // The value's gradient sums over queries, which therefore go along the rows.
            room.turn(room.weights)
            room.multiply(
                rows: width, depth: pixels, room.gradient, padded, room.turned, into: room.output)
            room.restore(valueGradient, image, offset)

            room.multiply(
                rows: pixels, depth: width, value.image(image) + offset, value.stride,
                room.gradient, into: room.slopes)
            room.differentiate(scale)
            room.multiply(
                rows: width, depth: pixels, room.value, padded, room.slopes, into: room.output)
            room.restore(queryGradient, image, offset)

            room.turn(room.slopes)
            room.multiply(
                rows: width, depth: pixels, room.query, padded, room.turned, into: room.output)
            room.restore(keyGradient, image, offset)
        }
    }
}

/// What one head of one image is worked out in. Matrices have pixels along their rows, padded to
/// whole vectors; the padding is finite and reaches no result.
private struct AttentionScratch {
    let pixels: Int
    let padded: Int
    let width: Int
    /// Shape `[width, pixels]`, like the next three.
    let query: UnsafeMutablePointer<Float>
    let value: UnsafeMutablePointer<Float>
    let gradient: UnsafeMutablePointer<Float>
    let output: UnsafeMutablePointer<Float>
    /// The weight of each key, by row, for each query.
    let weights: UnsafeMutablePointer<Float>
    let slopes: UnsafeMutablePointer<Float>
    let turned: UnsafeMutablePointer<Float>

    /// 4 · width · padded + 3 · padded² floats, `padded` the pixels as a multiple of 16.
    init(_ scratch: UnsafeMutablePointer<Float>, pixels: Int, width: Int) {
        self.pixels = pixels
        self.width = width
        padded = (pixels + lanes - 1) / lanes * lanes
        let (matrix, square) = (width * padded, padded * padded)
        query = scratch
        value = scratch + matrix
        gradient = scratch + 2 * matrix
        output = scratch + 3 * matrix
        weights = scratch + 4 * matrix
        slopes = weights + square
        turned = slopes + square
    }

    /// `output = a · b`, where `b` has pixels along its rows.
    @inline(__always)
    func multiply(
        rows: Int, depth: Int, _ a: UnsafePointer<Float>, _ aStride: Int,
        _ b: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
    ) {
        let shape = RowProduct(
            rows: rows, depth: depth, aStride: aStride, bPanel: lanes, bStride: padded,
            outputStride: padded)
        shape.multiply(a, b, columns: padded, start: nil, other: nil, into: output)
    }

    /// One head's channels of an image become rows.
    @inline(__always)
    func transpose(
        _ images: ImageView, _ image: Int, _ offset: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        let source = images.image(image) + offset
        for c in 0..<width {
            for p in 0..<pixels { target[c * padded + p] = source[p * images.stride + c] }
            for p in pixels..<padded { target[c * padded + p] = 0 }
        }
    }

    /// The way back, from `output`.
    @inline(__always)
    func restore(_ images: ImageView, _ image: Int, _ offset: Int) {
        let target = images.image(image) + offset
        for p in 0..<pixels {
            for c in 0..<width { target[p * images.stride + c] = output[c * padded + p] }
        }
    }

    /// `turned = matrixᵀ`, of the pixels' rows.
    @inline(__always)
    func turn(_ matrix: UnsafeMutablePointer<Float>) {
        for i in pixels..<padded {
            for j in 0..<padded { matrix[i * padded + j] = 0 }
        }
        transposeRows(
            rows: padded, columns: padded, input: RowView(base: matrix, stride: padded),
            output: RowView(base: turned, stride: padded))
    }

    /// `weights = softmax(scale · key · query)`, down each column.
    @inline(__always)
    func weigh(_ scale: Float, _ key: UnsafePointer<Float>, keyStride: Int) {
        multiply(rows: pixels, depth: width, key, keyStride, query, into: weights)
        for i in stride(from: 0, to: padded, by: lanes) {
            var largest = load(weights + i)
            for j in 1..<pixels {
                let score = load(weights + j * padded + i)
                largest = largest.replacing(with: score, where: score .> largest)
            }
            var sum = Vector.zero
            for j in 0..<pixels {
                let place = weights + j * padded + i
                let weight = exponential((load(place) - largest) * scale)
                store(weight, at: place)
                sum += weight
            }
            let share = 1 / sum
            for j in 0..<pixels {
                let place = weights + j * padded + i
                store(load(place) * share, at: place)
            }
        }
    }

    /// `slopes`, the gradients of weights, become those of products of query and key.
    @inline(__always)
    func differentiate(_ scale: Float) {
        for i in stride(from: 0, to: padded, by: lanes) {
            var sum = Vector.zero
            for j in 0..<pixels {
                sum.accumulate(load(weights + j * padded + i), load(slopes + j * padded + i))
            }
            for j in 0..<pixels {
                let place = slopes + j * padded + i
                store(
                    load(weights + j * padded + i) * (load(place) - sum) * scale, at: place)
            }
        }
    }
}
