public import CVec

/// Moves blocks of 2 × 2 pixels of `images` side by side into rows, channels and all, so that a
/// convolution with 2 × 2 weights and stride 2 is a matrix product of the rows.
///
/// Row `(i · size/2 + y) · size/2 + x` holds the pixels (2y, 2x), (2y, 2x + 1), (2y + 1, 2x) and
/// (2y + 1, 2x + 1) of image `i`.
@inline(never)
public func gatherBlocks(images: ImageView, rows: RowView) {
    forEachBlockPixel(images, rows) { pixel, cell in
        for c in stride(from: 0, to: images.channels, by: lanes) {
            store(load(pixel + c), at: cell + c)
        }
    }
}

/// The way back: rows become blocks of 2 × 2 pixels.
///
/// - Parameters:
///   - start: A value a channel, added to every pixel; nil is zero.
///   - adds: Whether the rows are added to what the images hold.
@inline(never)
public func scatterBlocks(
    rows: RowView, start: UnsafePointer<Float>?, adds: Bool, images: ImageView
) {
    forEachBlockPixel(images, rows) { pixel, cell in
        for c in stride(from: 0, to: images.channels, by: lanes) {
            var value = load(cell + c)
            if let start { value += load(start + c) }
            if adds { value += load(pixel + c) }
            store(value, at: pixel + c)
        }
    }
}

@inline(__always)
private func forEachBlockPixel(
    _ images: ImageView, _ rows: RowView,
    _ body: (_ pixel: UnsafeMutablePointer<Float>, _ cell: UnsafeMutablePointer<Float>) -> Void
) {
    let half = images.size / 2
    for image in 0..<images.count {
        for y in 0..<images.size {
            for x in 0..<images.size {
                let row = (image * half + y / 2) * half + x / 2
                let cell = (y % 2 * 2 + x % 2) * images.channels
                body(
                    images.image(image) + (y * images.size + x) * images.stride,
                    rows.base + row * rows.stride + cell)
            }
        }
    }
}

/// Adds up the pixels of each image.
///
/// - Parameter sums: A row an image.
@inline(never)
public func sumPixels(images: ImageView, sums: RowView) {
    let pixels = images.size * images.size
    for image in 0..<images.count {
        for c in stride(from: 0, to: images.channels, by: lanes) {
            let source = images.image(image) + c
            var chains = InlineArray<4, Vector>(repeating: .zero)
            var p = 0
            while p + 4 <= pixels {
                for i in 0..<4 { chains[i] += load(source + (p + i) * images.stride) }
                p += 4
            }
            while p < pixels {
                chains[0] += load(source + p * images.stride)
                p += 1
            }
            store(
                (chains[0] + chains[1]) + (chains[2] + chains[3]),
                at: sums.base + image * sums.stride + c)
        }
    }
}

/// Adds up rows: `sums += Σ rows`.
///
/// - Parameter columns: A multiple of 16.
@inline(never)
public func addRows(
    rows: Int, columns: Int, matrix: RowView, sums: UnsafeMutablePointer<Float>
) {
    for c in stride(from: 0, to: columns, by: lanes) {
        var sum = load(sums + c)
        for row in 0..<rows { sum += load(matrix.base + row * matrix.stride + c) }
        store(sum, at: sums + c)
    }
}

/// `values += share · (other − values)`.
///
/// - Parameter count: A multiple of 16.
@inline(never)
public func approach(
    count: Int, share: Float, other: UnsafePointer<Float>, values: UnsafeMutablePointer<Float>
) {
    let share = Vector(repeating: share)
    for i in stride(from: 0, to: count, by: lanes) {
        let value = load(values + i)
        store(cvec_fma(share, load(other + i) - value, value), at: values + i)
    }
}

/// `output = first + second + start`, row by row.
///
/// - Parameter start: A value a column.
@inline(never)
public func addThree(
    rows: Int, columns: Int, first: RowView, second: RowView, start: UnsafePointer<Float>,
    output: RowView
) {
    for row in 0..<rows {
        for c in stride(from: 0, to: columns, by: lanes) {
            let sum =
                load(first.base + row * first.stride + c)
                + load(second.base + row * second.stride + c)
            store(sum + load(start + c), at: output.base + row * output.stride + c)
        }
    }
}
