import CVec

/// A step of U, by the slopes in a flow's scratch.
struct FlowMove: FlowEpilogue {
    private let product: FlowProduct
    private let new: UnsafeMutablePointer<Double>
    private let minusHalf: Eight
    private let d: Int
    private let width: Int

    @inline(__always)
    init(
        _ flow: FlowLanes, _ old: UnsafeMutablePointer<Double>, _ new: UnsafeMutablePointer<Double>
    ) {
        (d, width) = (flow.dimension, flow.width)
        product = FlowProduct(
            a: flow.scratch, aRow: d, b: old, bRow: width, bColumn: 1, depth: d)
        self.new = new
        minusHalf = get(flow.step_size, 0) * -0.5
    }

    @inline(__always)
    func all() {
        forEachStrip(ofRows: d, four: four, two: two, one: one)
    }

    @inline(never)
    private func four(_ i: Int) {
        product.strip(i, height: 4, 0..<width, zeros16, zeros8, zeros4, self)
    }

    @inline(never)
    private func two(_ i: Int) {
        product.strip(i, height: 2, 0..<width, zeros8, zeros4, zeros2, self)
    }

    @inline(never)
    private func one(_ i: Int) {
        product.strip(i, height: 1, 0..<width, zeros4, zeros2, zeros1, self)
    }

    @inline(__always)
    func end<let count: Int>(
        _ i: Int, _ j: Int, height: Int, width columns: Int, _ sums: InlineArray<count, Eight>
    ) {
        for r in 0..<height {
            for c in 0..<columns {
                let e = (i + r) * width + j + c
                set(new, e, cvec_fma_double(minusHalf, sums[r * columns + c], get(product.b, e)))
            }
        }
    }
}
