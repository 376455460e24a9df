import CVec

/// Up to eight symmetric two-layer models f(x) = U Uᵀ x, or flows Ẇ = V(W), in lockstep: a lane of
/// the vectors each, so that a lane's bits do not depend on its neighbours.
///
/// All memory is allocated when it is made; a step allocates nothing. It lives on one thread.
///
/// - SeeAlso: arXiv:2410.08309, Eq. 4.3; V is the gradient flow of half the loss.
public final class MatrixFlow {
    /// How a step is taken.
    public enum Stepper: Hashable, Sendable {
        /// W ← W + h V(W).
        case euler
        /// The classical method of fourth order, on V.
        case rungeKutta
        /// Gradient descent on U, with ½h as its rate.
        case descent
    }

    /// Where a lane begins.
    public enum Start: Hashable, Sendable {
        /// W(0), shape `[d, d]`, row by row and symmetric.
        case weight([Double])
        /// U(0), shape `[d, width]`, row by row.
        case factor([Double], width: Int)

        var width: Int {
            if case .factor(_, let width) = self { width } else { 0 }
        }
    }

    /// One model.
    public struct Lane: Hashable, Sendable {
        /// a, `d` values: the diagonal of A.
        public let moment: [Double]
        /// x̂, `d` values.
        public let signal: [Double]
        /// h.
        public let stepSize: Double
        public let start: Start

        public init(moment: [Double], signal: [Double], stepSize: Double, start: Start) {
            self.moment = moment
            self.signal = signal
            self.stepSize = stepSize
            self.start = start
        }
    }

    public static let laneCount = 8

    public let dimension: Int
    public let stepper: Stepper
    private let kernels: Kernels
    private let memory: UnsafeMutablePointer<Double>
    private let flow: FlowLanes

    /// - Parameter lanes: 1 to 8 models, of one dimension and one width of U.
    /// - Precondition: `descent` starts from U.
    public init(_ lanes: [Lane], stepper: Stepper, kernels: Kernels) {
        precondition((1...Self.laneCount).contains(lanes.count), "\(lanes.count) lanes")
        let (d, width) = (lanes[0].signal.count, lanes[0].start.width)
        precondition(d > 0 && lanes.allSatisfy { Self.fits($0, d, width) }, "not of one shape")
        precondition(stepper != .descent || width > 0, "descent without U")
        dimension = d
        self.stepper = stepper
        self.kernels = kernels
        memory = Self.allocate(elements: Self.elementCount(dimension: d, width: width))
        var used = memory
        func take(_ count: Int) -> UnsafeMutablePointer<Double> {
            defer { used += Self.laneCount * count }
            return used
        }
        let (moment, signal, stepSize) = (take(d), take(d), take(1))
        let (weight, factor) = (take(d * d), take(d * width))
        flow = FlowLanes(
            dimension: d, width: width, moment: moment, signal: signal, step_size: stepSize,
            weight: weight, factor: factor, scratch: take(Self.scratchCount(d, width)),
            watch: take(9))
        // A lane that nobody asked for is the first one again.
        for index in 0..<Self.laneCount {
            let lane = lanes[index < lanes.count ? index : 0]
            func put(_ values: [Double], _ base: UnsafeMutablePointer<Double>) {
                for e in values.indices { base[Self.laneCount * e + index] = values[e] }
            }
            put(lane.moment, moment)
            put(lane.signal, signal)
            put([lane.stepSize], stepSize)
            switch lane.start {
            case .weight(let values): put(values, weight)
            case .factor(let values, _): put(values, factor)
            }
        }
        kernels.startFlow(flow)
    }

    deinit {
        memory.deallocate()
    }

    /// How many doubles of a lane a flow occupies.
    public static func elementCount(dimension d: Int, width: Int) -> Int {
        d * d + d * width + 2 * d + 10 + scratchCount(d, width)
    }

    private static func scratchCount(_ d: Int, _ width: Int) -> Int {
        d * (d + 1 + max(2 * d, width))
    }

    private static func fits(_ lane: Lane, _ d: Int, _ width: Int) -> Bool {
        let start =
            switch lane.start {
            case .weight(let values): values.count == d * d
            case .factor(let values, let columns): columns > 0 && values.count == d * columns
            }
        return start && lane.moment.count == d && lane.signal.count == d
            && lane.start.width == width
    }

    private static func allocate(elements: Int) -> UnsafeMutablePointer<Double> {
        let count = laneCount * elements
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<Double>.stride, alignment: 64)
        let doubles = memory.bindMemory(to: Double.self, capacity: count)
        doubles.initialize(repeating: 0, count: count)
        return doubles
    }

    public func advance(steps: Int) {
        switch stepper {
        case .euler: kernels.euler(flow, steps)
        case .rungeKutta: kernels.rungeKutta(flow, steps)
        case .descent: kernels.descent(flow, steps)
        }
    }

    /// W of a lane, shape `[d, d]`, row by row.
    public func weight(ofLane lane: Int) -> [Double] {
        (0..<dimension * dimension).map { flow.weight[Self.laneCount * $0 + lane] }
    }

    /// U of a lane, shape `[d, width]`, row by row; empty where there is none. Only `descent` moves
    /// it.
    public func factor(ofLane lane: Int) -> [Double] {
        (0..<dimension * flow.width).map { flow.factor[Self.laneCount * $0 + lane] }
    }

    /// ½‖W x̂ − x̂‖².
    public func loss(ofLane lane: Int) -> Double { watched(0, lane) }

    /// The most by which the loss has risen above its lowest value before, over all steps so far.
    public func largestRise(ofLane lane: Int) -> Double { watched(2, lane) }

    /// The lowest loss before the largest rise; 0 where there was none.
    public func lowestBeforeRise(ofLane lane: Int) -> Double { watched(3, lane) }

    /// How many losses were finite, that of the start included: the step at which it left the
    /// finite numbers, if it did.
    public func finiteCount(ofLane lane: Int) -> Int { Int(watched(4, lane)) }

    /// How often the loss began to rise, by more than 10⁻⁴ of the highest loss so far.
    public func riseCount(ofLane lane: Int) -> Int { Int(watched(8, lane)) }

    private func watched(_ element: Int, _ lane: Int) -> Double {
        precondition((0..<Self.laneCount).contains(lane), "lane \(lane)")
        return flow.watch[Self.laneCount * element + lane]
    }
}
