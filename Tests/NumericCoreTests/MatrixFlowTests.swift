import Testing

@testable import NumericCore

@Suite("Matrix flows in lanes")
struct MatrixFlowTests {
    /// d, d', stepper; d = 2 and 3 are unrolled, or stay in registers; others go in tiles of 4, 2 and 1.
    static let cases: [(Int, Int, MatrixFlow.Stepper)] = [
        (1, 1, .euler), (2, 2, .euler), (3, 5, .euler), (5, 4, .euler),
        (1, 2, .rungeKutta), (2, 2, .rungeKutta), (3, 3, .rungeKutta), (4, 4, .rungeKutta),
        (1, 1, .descent), (2, 2, .descent), (2, 7, .descent), (3, 3, .descent), (5, 2, .descent),
        (7, 9, .descent), (10, 10, .descent),
    ]
    static let levels = KernelLevel.allCases.filter(\.isSupported)

    @Test("take the steps of the plain loops, to the bit", arguments: cases)
    func plain(d: Int, width: Int, stepper: MatrixFlow.Stepper) throws {
        let lane = try Self.lane(1, d, width)
        var plain = PlainFlow(lane, width: width)
        var (lowest, rise) = (plain.loss, 0.0)
        for _ in 0..<40 {
            plain.step(stepper)
            lowest = min(lowest, plain.loss)
            rise = max(rise, plain.loss - lowest)
        }
        for level in Self.levels {
            let flow = MatrixFlow([lane], stepper: stepper, kernels: try Kernels(level))
            flow.advance(steps: 15)
            flow.advance(steps: 25)
            #expect(flow.weight(ofLane: 0) == plain.weight)
            if stepper == .descent { #expect(flow.factor(ofLane: 0) == plain.factor) }
            #expect(flow.loss(ofLane: 0) == plain.loss)
            #expect(flow.largestRise(ofLane: 0) == rise)
            #expect(flow.finiteCount(ofLane: 0) == 41)
        }
    }

    @Test("do not depend on their neighbours", arguments: cases)
    func neighbours(d: Int, width: Int, stepper: MatrixFlow.Stepper) throws {
        let kernels = try Kernels.chosen()
        let lanes = try (1...8).map { try Self.lane(UInt64($0), d, width) }
        let together = MatrixFlow(lanes, stepper: stepper, kernels: kernels)
        together.advance(steps: 30)
        for (index, lane) in lanes.enumerated() {
            let alone = MatrixFlow([lane], stepper: stepper, kernels: kernels)
            alone.advance(steps: 30)
            #expect(alone.weight(ofLane: 0) == together.weight(ofLane: index))
            #expect(alone.largestRise(ofLane: 0) == together.largestRise(ofLane: index))
        }
    }

    @Test("say which step left the finite numbers")
    func divergence() throws {
        let good = try Self.lane(1, 2, 2)
        let bad = MatrixFlow.Lane(
            moment: good.moment, signal: good.signal, stepSize: 10, start: good.start)
        let flow = MatrixFlow([good, bad], stepper: .euler, kernels: try Kernels.chosen())
        flow.advance(steps: 60)
        #expect(flow.finiteCount(ofLane: 0) == 61)
        let step = flow.finiteCount(ofLane: 1)
        #expect((1..<60).contains(step))
        let again = MatrixFlow([bad], stepper: .euler, kernels: try Kernels.chosen())
        again.advance(steps: step - 1)
        #expect(again.loss(ofLane: 0).isFinite)
        again.advance(steps: 1)
        #expect(!again.loss(ofLane: 0).isFinite)
    }

    /// The picture of the paper's Figure 5: one rise, between two descents.
    @Test("count the rises of a loss that falls, rises and falls")
    func rises() throws {
        let lane = MatrixFlow.Lane(
            moment: [0.2525, 1.2713], signal: [1, 1.5], stepSize: 0.01,
            start: .weight([0.0706, 0.0228, 0.0228, 0.0104]))
        let flow = MatrixFlow([lane], stepper: .euler, kernels: try Kernels.chosen())
        var losses = [flow.loss(ofLane: 0)]
        for _ in 0..<2500 {
            flow.advance(steps: 1)
            losses.append(flow.loss(ofLane: 0))
        }
        let turns = (1..<2500).filter {
            losses[$0] < losses[$0 - 1] && losses[$0] <= losses[$0 + 1]
        }
        #expect(turns.count == 1)
        #expect(flow.riseCount(ofLane: 0) == 1)
        // Without a minor entry the loss only falls.
        let straight = MatrixFlow.Lane(
            moment: lane.moment, signal: lane.signal, stepSize: 0.01,
            start: .weight([0.07, 0, 0, 0.01]))
        let other = MatrixFlow([straight], stepper: .euler, kernels: try Kernels.chosen())
        other.advance(steps: 2500)
        #expect(other.riseCount(ofLane: 0) == 0)
        #expect(other.largestRise(ofLane: 0) == 0)
    }

    private static func lane(_ seed: UInt64, _ d: Int, _ width: Int) throws -> MatrixFlow.Lane {
        let kernels = try Kernels.chosen()
        func numbers(_ layer: Int, _ count: Int) -> [Double] {
            RandomStream(seed: seed, .weights(layer: layer), kernels: kernels)
                .uniform(count: count, bound: 0.4).map(Double.init)
        }
        return MatrixFlow.Lane(
            moment: numbers(1, d).map { $0 + 1 }, signal: numbers(2, d).map { $0 + 1 },
            stepSize: 0.02 + 0.01 * Double(seed),
            start: .factor(numbers(0, d * width), width: width))
    }
}

/// One flow by plain loops, with the sums of the kernels in their order.
private struct PlainFlow {
    let lane: MatrixFlow.Lane
    let width: Int
    var weight: [Double] = []
    var factor: [Double]
    var loss = 0.0
    private var d: Int { lane.signal.count }

    init(_ lane: MatrixFlow.Lane, width: Int) {
        self.lane = lane
        self.width = width
        guard case .factor(let factor, _) = lane.start else { preconditionFailure("no U") }
        self.factor = factor
        square()
        measure()
    }

    mutating func step(_ stepper: MatrixFlow.Stepper) {
        let h = lane.stepSize
        switch stepper {
        case .euler: weight = moved(weight, h, field(weight))
        case .rungeKutta:
            let k1 = field(weight)
            let k2 = field(moved(weight, h * 0.5, k1))
            let k3 = field(moved(weight, h * 0.5, k2))
            let k4 = field(moved(weight, h, k3))
            let sum = zip(moved(moved(k1, 2, k2), 2, k3), k4).map { $0 + $1 }
            weight = moved(weight, h / 6, sum)
        case .descent: descend()
        }
        measure()
    }

    private func moved(_ base: [Double], _ factor: Double, _ direction: [Double]) -> [Double] {
        zip(base, direction).map { $0.addingProduct(factor, $1) }
    }

    private func field(_ w: [Double]) -> [Double] {
        var field = w
        for i in 0..<d {
            for j in i..<d {
                var (square, weighted) = (0.0, 0.0)
                for k in 0..<d {
                    let product = w[i * d + k] * w[j * d + k]
                    square += product
                    weighted.addProduct(product, lane.moment[k])
                }
                let both = lane.moment[i] + lane.moment[j]
                let remaining = w[i * d + j].addingProduct(-0.5, square)
                field[i * d + j] = (-weighted).addingProduct(both, remaining)
                field[j * d + i] = field[i * d + j]
            }
        }
        return field
    }

    private mutating func descend() {
        let old = factor
        for i in 0..<d {
            for c in 0..<width {
                var sum = 0.0
                for j in 0..<d {
                    let distance = weight[i * d + j] - (i == j ? 1 : 0)
                    sum.addProduct(
                        distance * (lane.moment[i] + lane.moment[j]), old[j * width + c])
                }
                factor[i * width + c] = old[i * width + c].addingProduct(
                    lane.stepSize * -0.5, sum)
            }
        }
        square()
    }

    private mutating func square() {
        weight = Array(repeating: 0, count: d * d)
        for i in 0..<d {
            for j in 0..<d {
                for c in 0..<width {
                    weight[i * d + j].addProduct(factor[i * width + c], factor[j * width + c])
                }
            }
        }
    }

    private mutating func measure() {
        var twice = 0.0
        for k in 0..<d {
            var output = 0.0
            for p in 0..<d { output.addProduct(weight[k * d + p], lane.signal[p]) }
            let error = output - lane.signal[k]
            twice.addProduct(error, error)
        }
        loss = twice * 0.5
    }
}
