public import CVec

/// A convolution with 3 × 3 weights and a border of zeros: `output = start + other + weight ∗ input`.
///
/// - Parameters:
///   - weight: As `transformWeights` leaves it.
///   - start: A value an output channel, added to every pixel; `startStride` floats on those of the
///     next image; nil is zero.
///   - other: Images that are added, of the output's shape; nil is none.
///   - group: How many images are taken at once.
///   - scratch: 36 · (tiles of a group · (input channels + output channels) + 32) floats.
@inline(never)
public func convolve(
    input: ImageView, weight: UnsafePointer<Float>, start: UnsafePointer<Float>?,
    startStride: Int, other: UnsafePointer<Float>?, otherStride: Int, group: Int,
    scratch: UnsafeMutablePointer<Float>, output: ImageView
) {
    let (c, k) = (input.channels, output.channels)
    let tilesPerImage = input.tiles * input.tiles
    let width = min(strip, k)
    for first in stride(from: 0, to: input.count, by: group) {
        let count = min(group, input.count - first)
        let tiles = count * tilesPerImage
        let (pitch, sumPitch) = (tiles * c + gap, tiles * width + gap)
        let sums = scratch + tileProducts * pitch
        for i in 0..<count {
            transformInput(
                input, image: first + i, first: i * tilesPerImage, pitch: pitch, into: scratch)
        }
        // The sums of a few channels at a time stay in the cache.
        for j in stride(from: 0, to: k, by: strip) {
            let channels = min(strip, k - j)
            for e in 0..<tileProducts {
                let shape = RowProduct(
                    rows: tiles, depth: c, aStride: c, bPanel: c * lanes, bStride: lanes,
                    outputStride: width,
                    ahead: e + 1 < tileProducts ? c * k : (strip - e * k) * c)
                shape.multiply(
                    scratch + e * pitch, weight + (e * k + j) * c, columns: channels, start: nil,
                    other: nil, into: sums + e * sumPitch)
            }
            for i in 0..<count {
                let image = first + i
                transformOutput(
                    ProductSums(
                        base: sums + i * tilesPerImage * width, pitch: sumPitch, stride: width),
                    start: start.map { $0 + image * startStride + j },
                    other: other.map { $0 + image * output.size * output.size * otherStride + j },
                    otherStride: otherStride, into: output, image: image,
                    channels: j..<j + channels)
            }
        }
    }
}

/// Floats between one product's tiles and the next one's: without them all 36 would fall on the same
/// few lines of the first cache wherever tiles and channels are powers of two.
private let gap = lanes

/// Output channels that are summed up and transformed back at once.
private let strip = 4 * lanes

/// Rows and columns of the blocks in which weight gradients are transformed back.
private let block = 2 * lanes

/// Adds the gradient of a convolution's weights to sums, shape `[9, in, out]`.
///
/// - Parameters:
///   - gradient: Of the convolution's output.
///   - group: How many images are taken at once: other bits with other groups.
///   - scratch: 36 · (tiles of a group · (channels of both) + 32 + 1024) floats.
@inline(never)
public func addConvolutionGradient(
    input: ImageView, gradient: ImageView, group: Int, scratch: UnsafeMutablePointer<Float>,
    sums: UnsafeMutablePointer<Float>
) {
    let (c, k) = (input.channels, gradient.channels)
    let tilesPerImage = input.tiles * input.tiles
    for first in stride(from: 0, to: input.count, by: group) {
        let count = min(group, input.count - first)
        let tiles = count * tilesPerImage
        let (pitch, gradientPitch) = (tiles * c + gap, tiles * k + gap)
        let gradients = scratch + tileProducts * pitch
        let factors = gradients + tileProducts * gradientPitch
        for i in 0..<count {
            transformInput(
                input, image: first + i, first: i * tilesPerImage, pitch: pitch, into: scratch)
            transformGradient(
                gradient, image: first + i, first: i * tilesPerImage, pitch: gradientPitch,
                into: gradients)
        }
        let shape = OuterSum(rows: tiles, aStride: c, bStride: k, sumStride: block)
        for j in stride(from: 0, to: k, by: block) {
            for i in stride(from: 0, to: c, by: block) {
                let (depth, columns) = (min(block, c - i), min(block, k - j))
                for e in 0..<tileProducts {
                    shape.add(
                        scratch + e * pitch + i, gradients + e * gradientPitch + j, depth: depth,
                        columns: columns, into: factors + e * block * block, adds: false)
                }
                for row in 0..<depth {
                    for column in stride(from: 0, to: columns, by: lanes) {
                        addWeightGradient(
                            factors + row * block + column, stride: block * block,
                            to: sums + (i + row) * k + j + column, stride: c * k)
                    }
                }
            }
        }
    }
}

/// Transforms a convolution's weights for `convolve`.
///
/// - Parameters:
///   - weight: Shape `[9, inputs, outputs]`.
///   - products: Left: 36 matrices in panels of 16 outputs, `inputs` rows a panel.
@inline(never)
public func transformWeights(
    inputs: Int, outputs: Int, weight: UnsafePointer<Float>,
    products: UnsafeMutablePointer<Float>
) {
    for j in stride(from: 0, to: outputs, by: lanes) {
        for i in 0..<inputs {
            transformWeight(
                weight + i * outputs + j, stride: inputs * outputs,
                into: products + j * inputs + i * lanes, stride: inputs * outputs)
        }
    }
}
