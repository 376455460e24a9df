import CAllocations
import NumericCore
import Testing

@Suite("A training step")
struct AllocationTests {
    @Test("is counted when it allocates")
    func counter() {
        let before = allocations_of_this_thread()
        withExtendedLifetime([Int](repeating: 1, count: 1000)) {}
        #expect(allocations_of_this_thread() > before)
    }

    @Test("is counted when it asks the system for pages")
    func pages() {
        let before = allocations_of_this_thread()
        withExtendedLifetime(Arena(floatCount: 1 << 16)) {}
        // The object and its pages.
        #expect(allocations_of_this_thread() == before + 2)
    }

    @Test("allocates nothing, nor does a look at the output", arguments: [100, 600])
    func network(rows: Int) throws {
        let kernels = try Kernels.chosen()
        let shape = NetworkCase(widths: [17, 33, 5, 17], rows: rows)
        let points = matrix(shape.points(rows, kernels))
        let network = Network(
            shape.parameters(kernels), isRectified: true, blockRows: 256, kernels: kernels)
        var output = Array(repeating: Float(0), count: 17)
        // What Swift looks up once, at the first call, is not the step's.
        _ = network.step(points, rows: 0..<rows, rate: -0.001)
        network.evaluate(points, row: 1, into: &output)
        let before = allocations_of_this_thread()
        for _ in 0..<3 {
            _ = network.step(points, rows: 0..<rows, rate: -0.001)
            network.evaluate(points, row: 1, into: &output)
        }
        #expect(allocations_of_this_thread() == before)
    }

    @Test("of 16 trials in lanes allocates nothing")
    func lanes() throws {
        let kernels = try Kernels.chosen()
        let shape = NetworkCase(widths: [5, 7, 3, 5], rows: 600)
        let data = LaneData([matrix(shape.points(600, kernels))])
        let networks = LaneNetwork(
            [shape.parameters(kernels)], isRectified: true, kernels: kernels)
        let rates = Array(repeating: Float(-0.001), count: 16)
        networks.step(data, rows: 0..<600, rates: rates)
        let before = allocations_of_this_thread()
        for _ in 0..<3 { networks.step(data, rows: 0..<600, rates: rates) }
        #expect(allocations_of_this_thread() == before)
    }

    @Test(
        "of eight symmetric models allocates nothing",
        arguments: [MatrixFlow.Stepper.euler, .rungeKutta, .descent])
    func flow(stepper: MatrixFlow.Stepper) throws {
        let lane = MatrixFlow.Lane(
            moment: [1, 2, 3, 1, 2], signal: [1, 1, 0, 0, 0], stepSize: 0.01,
            start: .factor((0..<30).map { 0.01 * Double($0) }, width: 6))
        let flow = MatrixFlow([lane], stepper: stepper, kernels: try Kernels.chosen())
        flow.advance(steps: 1)
        let before = allocations_of_this_thread()
        flow.advance(steps: 9)
        #expect(allocations_of_this_thread() == before)
    }

    @Test("of an optimizer with a memory allocates nothing")
    func optimizer() throws {
        let kernels = try Kernels.chosen()
        let shape = NetworkCase(widths: [17, 33, 17], rows: 100)
        let points = matrix(shape.points(100, kernels))
        let network = Network(
            shape.parameters(kernels), isRectified: true, blockRows: 256, kernels: kernels)
        let optimizer = Optimizer(
            .adamW(beta1: 0.9, beta2: 0.99, decay: 0.1), rate: 0.01, of: network,
            kernels: kernels)
        _ = network.accumulate(points, rows: 0..<100)
        optimizer.step(network, scale: 0.01)
        let before = allocations_of_this_thread()
        for _ in 0..<3 {
            _ = network.accumulate(points, rows: 0..<100)
            optimizer.step(network, scale: 0.01)
        }
        #expect(allocations_of_this_thread() == before)
    }
}
