public import CVec

/// `output = inputᵀ`.
///
/// - Parameters:
///   - rows: Rows of `input`, which becomes the number of columns of `output`; both have their rows
///     padded to whole tiles of 16.
@inline(never)
public func transpose(rows: Int, input: Panels, output: Panels) {
    for p in 0..<(rows + lanes - 1) / lanes {
        for q in 0..<input.count {
            let source = input.panel(q) + p * lanes * lanes
            let target = output.panel(p) + q * lanes * lanes
            for i in 0..<2 {
                for j in 0..<2 {
                    transposeBlock(
                        source + i * 8 * lanes + j * 8, stride: lanes,
                        into: target + j * 8 * lanes + i * 8, stride: lanes)
                }
            }
        }
    }
}

/// `output = inputᵀ`, of a multiple of 8 rows and columns.
@inline(never)
public func transposeRows(rows: Int, columns: Int, input: RowView, output: RowView) {
    for i in stride(from: 0, to: rows, by: 8) {
        for j in stride(from: 0, to: columns, by: 8) {
            transposeBlock(
                input.base + i * input.stride + j, stride: input.stride,
                into: output.base + j * output.stride + i, stride: output.stride)
        }
    }
}

/// Transposes 8 × 8 floats, which fit the registers of either level: three perfect shuffles.
@inline(__always)
private func transposeBlock(
    _ source: UnsafeMutablePointer<Float>, stride sourceStride: Int,
    into target: UnsafeMutablePointer<Float>, stride targetStride: Int
) {
    var block = InlineArray<8, SIMD8<Float>>(repeating: SIMD8(repeating: 0))
    for i in 0..<8 {
        block[i] = UnsafeRawPointer(source + i * sourceStride).loadUnaligned(as: SIMD8<Float>.self)
    }
    for _ in 0..<3 {
        let old = block
        for i in 0..<4 {
            block[2 * i] = cvec_interleave_low(old[i], old[i + 4])
            block[2 * i + 1] = cvec_interleave_high(old[i], old[i + 4])
        }
    }
    for i in 0..<8 {
        UnsafeMutableRawPointer(target + i * targetStride)
            .storeBytes(of: block[i], as: SIMD8<Float>.self)
    }
}
