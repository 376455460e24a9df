public import CVec

/// Sums of products of columns, in double precision: `output[i, j] = Σ matrix[r, i] · matrix[r, j]`.
///
/// A product of two floats is exact there, so every sum is one chain of plain additions over the rows
/// in increasing order.
///
/// - Parameter output: Square, as many rows as there are columns, padded to whole panels.
@inline(never)
public func sumProducts(rows: Int, matrix: Panels, output: UnsafeMutablePointer<Double>) {
    let width = matrix.count * lanes
    for p in 0..<matrix.count {
        for i in stride(from: 0, to: lanes, by: 4) {
            let left = matrix.panel(p) + i
            for q in 0..<2 * matrix.count {
                let right = matrix.panel(q / 2) + q % 2 * 8
                var sums = InlineArray<4, SIMD8<Double>>(repeating: SIMD8(repeating: 0))
                for row in 0..<rows {
                    let values = cvec_double(
                        UnsafeRawPointer(right + row * lanes).loadUnaligned(as: SIMD8<Float>.self))
                    for k in 0..<4 {
                        sums[k] += values * SIMD8(repeating: Double(left[row * lanes + k]))
                    }
                }
                for k in 0..<4 {
                    let target = output + (p * lanes + i + k) * width + q * 8
                    UnsafeMutableRawPointer(target).storeBytes(of: sums[k], as: SIMD8<Double>.self)
                }
            }
        }
    }
}
