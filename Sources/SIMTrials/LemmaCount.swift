import NumericCore

/// Counts where a flow breaks the paper's lemmas: an entry at a logged point is one violation.
///
/// - SeeAlso: arXiv:2410.08309, Appendix D.
struct LemmaCount {
    /// The results that are counted, in the order of the scalars. `noise_P` is Corollary D.1 as it
    /// is printed, `noise_P2` with the square of P that its proof gives.
    static let names = ["noise_P", "noise_P2"] + (1...8).map { "D\($0)" }

    private let constants: LemmaConstants
    private let start: [Double]
    private let moment: [Double]
    private let stepSize: Double
    /// Informative coordinates, the strongest first.
    private let order: [Int]
    /// ω.
    private let omega: Double
    /// P β ω.
    private let cap: Double
    private var counts: [Int]
    /// The most by which ln w_ii fell short of Lemma D.3.
    private(set) var shortfall = 0.0
    /// The step at which w_ii had left its initial phase, and its value there.
    private var departures: [(time: Double, value: Double)?]
    private var hasArrived: [Bool]
    /// The least |w_ij| since w_ii, i the stronger, passed 0.8.
    private var suppressed: [Double]
    private let dimension: Int

    /// - Parameters:
    ///   - start: W(0), shape `[d, d]`.
    ///   - informative: How many coordinates, from the first on, have a signal.
    init(
        _ constants: LemmaConstants, start: [Double], moment: [Double], informative: Int,
        stepSize: Double
    ) {
        self.constants = constants
        self.start = start
        self.moment = moment
        self.stepSize = stepSize
        dimension = moment.count
        order = (0..<informative).sorted { (moment[$1], $0) < (moment[$0], $1) }
        let d = moment.count
        let sizes = (0..<informative).flatMap { i in
            (0..<informative).map { j in start[i * d + j].magnitude }
        }
        omega = sizes.min() ?? 0
        cap = constants.growth * constants.beta * omega
        counts = Array(repeating: 0, count: Self.names.count)
        departures = Array(repeating: nil, count: d)
        hasArrived = Array(repeating: false, count: d)
        suppressed = Array(repeating: .infinity, count: d * d)
    }

    /// The counts, as `names` has them.
    var violations: [Int] { counts }

    /// Looks at W after `step` steps.
    mutating func check(_ weight: [Double], step: Int) {
        let time = Double(step) * stepSize
        let terms = MatrixTerms(weight: weight, moment: moment)
        for i in order {
            for j in order where j >= i {
                checkNoise(terms.noise(i, j))
                checkGrowth(weight, i, j, time)
            }
            checkMajor(weight[i * dimension + i], i, time, terms.velocity(i, i))
        }
        for (rank, i) in order.enumerated() {
            for j in order[(rank + 1)...] { checkMinor(weight, stronger: i, weaker: j) }
        }
    }

    /// Rounding is no violation.
    private static let tolerance = 1e-9

    private mutating func count(_ name: String, unless holds: Bool) {
        if !holds, let index = Self.names.firstIndex(of: name) { counts[index] += 1 }
    }

    /// Corollary D.1.
    private mutating func checkNoise(_ noise: Double) {
        let strongest = order.first.map { moment[$0] } ?? 0
        let bound =
            2 * strongest * Double(order.count) * constants.beta * constants.beta * omega * omega
            * (1 + Self.tolerance)
        let size = noise.magnitude
        count("noise_P", unless: size <= bound * constants.growth)
        count("noise_P2", unless: size <= bound * constants.growth * constants.growth)
    }

    /// Lemmas D.1 and D.2.
    private mutating func checkGrowth(_ weight: [Double], _ i: Int, _ j: Int, _ time: Double) {
        let (w, w0) = (weight[i * dimension + j], start[i * dimension + j])
        let exponent = time * (moment[i] + moment[j])
        let upper = w0.magnitude * exponential(exponent * constants.kappa)
        count("D1", unless: w.magnitude <= upper * (1 + Self.tolerance))
        let strongest = order.first.map { moment[$0] } ?? 0
        guard 2 * time * strongest * constants.kappa <= constants.logGrowth else { return }
        let lower = w0.magnitude * exponential(exponent / constants.kappa)
        count(
            "D2",
            unless: w.magnitude <= cap * (1 + Self.tolerance) && w.sign == w0.sign
                && w.magnitude >= lower * (1 - Self.tolerance))
    }

    /// Lemmas D.3 to D.6.
    private mutating func checkMajor(_ w: Double, _ i: Int, _ time: Double, _ velocity: Double) {
        let (a, w0) = (moment[i], start[i * dimension + i])
        let exponent = 2 * time * a / constants.kappa
        if 2 * time * a * constants.kappa <= naturalLogarithm(cap / w0) {
            let missing = exponent - naturalLogarithm(w / w0)
            count("D3", unless: missing <= Self.tolerance)
            shortfall = max(shortfall, missing)
        }
        if let departure = departures[i] {
            let target = 0.5  // λ
            let grown = 2 * (time - departure.time) * a * (1 - target) / constants.kappa
            let lower = departure.value * exponential(grown)
            count("D4", unless: w >= target || w >= lower * (1 - Self.tolerance))
            if w >= target { departures[i] = (.infinity, 0) }
        } else if w >= cap {
            departures[i] = (time, w)
        }
        let k = constants.k
        count("D5", unless: w >= 0 && w <= 1 + 2 / k && (stepSize * velocity).magnitude <= 1 / k)
        count("D6", unless: !hasArrived[i] || w >= 1 - 2 / k)
        if w >= 1 - 2 / k { hasArrived[i] = true }
    }

    /// Lemmas D.7 and D.8.
    private mutating func checkMinor(_ weight: [Double], stronger i: Int, weaker j: Int) {
        let size = weight[i * dimension + j].magnitude
        let entry = i * dimension + j
        count("D7", unless: size <= max(suppressed[entry], omega) * (1 + Self.tolerance))
        if weight[i * dimension + i] > 0.8 { suppressed[entry] = min(suppressed[entry], size) }
        count("D8", unless: size <= cap * (1 + Self.tolerance))
    }
}
