import CVec

/// W = U Uᵀ, of which only the slopes are kept, in a flow's scratch, and behind them the outputs W x̂.
///
/// Every output is one chain over W's columns in increasing order: strips of rows add to the outputs of
/// their columns, which come later, before these add what is their own.
struct FlowForm: FlowEpilogue {
    private let product: FlowProduct
    private let flow: FlowLanes
    private let d: Int
    private let keepsWeight: Bool
    private let outputs: UnsafeMutablePointer<Double>

    /// - Parameter keepsWeight: Whether W goes to the flow's weight.
    @inline(__always)
    init(_ flow: FlowLanes, _ factor: UnsafeMutablePointer<Double>, keepsWeight: Bool) {
        let width = flow.width
        product = FlowProduct(
            a: factor, aRow: width, b: factor, bRow: 1, bColumn: width, depth: width)
        self.flow = flow
        self.keepsWeight = keepsWeight
        d = flow.dimension
        outputs = flow.scratch + 8 * d * d
    }

    @inline(__always)
    func all() {
        for k in 0..<d { set(outputs, k, Eight(repeating: 0)) }
        forEachStrip(ofRows: d, four: four, two: two, one: one)
    }

    @inline(never)
    private func four(_ i: Int) {
        endCorner(i, size: 4, product.corner(i, size: 4, zeros16))
        product.strip(i, height: 4, i + 4..<d, zeros16, zeros8, zeros4, self)
    }

    @inline(never)
    private func two(_ i: Int) {
        endCorner(i, size: 2, product.corner(i, size: 2, zeros4))
        product.strip(i, height: 2, i + 2..<d, zeros8, zeros4, zeros2, self)
    }

    @inline(never)
    private func one(_ i: Int) { endCorner(i, size: 1, product.corner(i, size: 1, zeros1)) }

    @inline(__always)
    private func endCorner<let count: Int>(
        _ i: Int, size: Int, _ sums: InlineArray<count, Eight>
    ) {
        for r in 0..<size {
            var output = get(outputs, i + r)
            for c in 0..<size {
                let sum = sums[min(r, c) * size + max(r, c)]
                output = cvec_fma_double(sum, get(flow.signal, i + c), output)
            }
            set(outputs, i + r, output)
        }
        endRow(i, i, 0, columns: 0..<size, width: size, sums)
        if size > 1 { endRow(i, i, 1, columns: 1..<size, width: size, sums) }
        if size > 2 {
            endRow(i, i, 2, columns: 2..<size, width: size, sums)
            endRow(i, i, 3, columns: 3..<size, width: size, sums)
        }
    }

    @inline(__always)
    func end<let count: Int>(
        _ i: Int, _ j: Int, height: Int, width: Int, _ sums: InlineArray<count, Eight>
    ) {
        for r in 0..<height {
            var output = get(outputs, i + r)
            for c in 0..<width {
                output = cvec_fma_double(sums[r * width + c], get(flow.signal, j + c), output)
            }
            set(outputs, i + r, output)
        }
        for c in 0..<width {
            var output = get(outputs, j + c)
            for r in 0..<height {
                output = cvec_fma_double(sums[r * width + c], get(flow.signal, i + r), output)
            }
            set(outputs, j + c, output)
        }
        // Row by row, since larger loops are not unrolled, and what is not goes through memory.
        endRow(i, j, 0, columns: 0..<width, width: width, sums)
        if height > 1 { endRow(i, j, 1, columns: 0..<width, width: width, sums) }
        if height > 2 {
            endRow(i, j, 2, columns: 0..<width, width: width, sums)
            endRow(i, j, 3, columns: 0..<width, width: width, sums)
        }
    }

    /// The slopes of a tile's row `r`, and where it is wanted, W.
    @inline(__always)
    private func endRow<let count: Int>(
        _ i: Int, _ j: Int, _ r: Int, columns: Range<Int>, width: Int,
        _ sums: InlineArray<count, Eight>
    ) {
        for c in columns {
            let slope = slope(flow, i + r, j + c, weight: sums[r * width + c])
            set(flow.scratch, (i + r) * d + j + c, slope)
            set(flow.scratch, (j + c) * d + i + r, slope)
        }
        guard keepsWeight else { return }
        for c in columns {
            set(flow.weight, (i + r) * d + j + c, sums[r * width + c])
            set(flow.weight, (j + c) * d + i + r, sums[r * width + c])
        }
    }
}
