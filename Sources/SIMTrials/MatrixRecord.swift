import NumericCore
import Sweeps

/// What a matrix trial has measured so far.
struct MatrixRecord {
    private let configuration: MatrixConfiguration
    private let moment: [Double]
    private let names: [String]
    private var steps: [UInt32] = []
    /// A curve each.
    private var values: [[Double]]
    /// w_kk of each informative coordinate, a list each.
    private var majors: [[Double]]
    private var exit: Double?
    private var lemmas: LemmaCount?
    private let brokenAssumptions: Int

    /// - Parameter start: W(0).
    init(_ configuration: MatrixConfiguration, start: [Double]) {
        self.configuration = configuration
        moment = configuration.moment
        names = Self.curveNames(configuration)
        values = Array(repeating: [], count: names.count)
        let s = configuration.signal.count
        majors = Array(repeating: [], count: s)
        lemmas = configuration.lemmas.map {
            LemmaCount(
                $0, start: start, moment: configuration.moment, informative: s,
                stepSize: configuration.stepSize)
        }
        let d = configuration.dimension
        let informative = (0..<s).flatMap { i in (0..<s).map { j in start[i * d + j] } }
        brokenAssumptions =
            configuration.lemmas?.brokenAssumptions(
                start: informative, moment: Array(moment.prefix(s)),
                stepSize: configuration.stepSize) ?? 0
    }

    /// Entries (i, j), row and column from 1, of the lower triangle of W.
    private static func entries(_ configuration: MatrixConfiguration) -> [(i: Int, j: Int)] {
        (1...configuration.dimension).flatMap { i in (1...i).map { j in (i, j) } }
    }

    static func curveNames(_ configuration: MatrixConfiguration) -> [String] {
        let s = 1...configuration.signal.count
        var names = ["train_loss", "ood_loss"] + s.map { "output/\($0)" }
        if configuration.logsSpectrum { names.append("min_eigenvalue") }
        let kinds: [String] =
            switch configuration.entries {
            case .none: []
            case .weights: ["w"]
            case .terms: ["w", "growth", "suppression", "noise"]
            }
        for kind in kinds { names += entries(configuration).map { "\(kind)/\($0.i)/\($0.j)" } }
        if configuration.logsCenters {
            names += s.flatMap { p in s.map { k in "center/\(p)/\(k)" } }
        }
        return names
    }

    /// The metrics that are not curves.
    static func scalarMetrics(_ configuration: MatrixConfiguration) -> [Metric] {
        let s = 1...configuration.signal.count
        var metrics = s.map { Metric("learning_time/\($0)", .eventStep) }
        if configuration.signal.count == 2 { metrics.append(Metric("bend", .scalar)) }
        metrics += s.map { Metric("major_time/\($0)", .eventStep) }
        metrics += ["rho", "swing", "descents"].map { Metric($0, .scalar) }
        if configuration.logsSpectrum { metrics.append(Metric("psd_exit", .eventStep)) }
        if configuration.lemmas != nil {
            metrics += LemmaCount.names.map { Metric("violations/\($0)", .scalar) }
            metrics += [
                Metric("violations/assumptions", .scalar), Metric("shortfall/D3", .scalar),
            ]
        }
        return metrics
    }

    /// Adds a point.
    ///
    /// - Returns: Whether all of it is finite; if not, nothing is added.
    mutating func add(step: Int, weight: [Double], loss: Double) -> Bool {
        let point = point(weight, loss)
        guard point.allSatisfy(\.isFinite) else { return false }
        steps.append(UInt32(step))
        for (index, value) in point.enumerated() { values[index].append(value) }
        let d = configuration.dimension
        for k in majors.indices { majors[k].append(weight[k * d + k]) }
        if configuration.logsSpectrum, exit == nil, let lowest = newest("min_eigenvalue") {
            let size = weight.reduce(0) { max($0, $1.magnitude) }
            if lowest < -1e-12 * size { exit = Double(step) }
        }
        lemmas?.check(weight, step: step)
        return true
    }

    private func newest(_ name: String) -> Double? {
        names.firstIndex(of: name).flatMap { values[$0].last }
    }

    private func point(_ weight: [Double], _ loss: Double) -> [Double] {
        let (d, signal) = (configuration.dimension, configuration.signal)
        func w(_ i: Int, _ j: Int) -> Double { weight[i * d + j] }
        var point = [trainLoss(weight), loss]
        for k in signal.indices {
            point.append(signal.indices.reduce(0) { $0 + w(k, $1) * signal[$1] })
        }
        if configuration.logsSpectrum {
            let rows = (0..<d).map { i in (0..<d).map { j in w(i, j) } }
            let isFinite = weight.allSatisfy(\.isFinite)
            point.append(isFinite ? SymmetricModes(of: rows).values.min() ?? 0 : .nan)
        }
        let entries = Self.entries(configuration).map { ($0.i - 1, $0.j - 1) }
        if configuration.entries != .none { point += entries.map(w) }
        if configuration.entries == .terms {
            let terms = MatrixTerms(weight: weight, moment: moment)
            point += entries.map(terms.growth)
            point += entries.map(terms.suppression)
            point += entries.map(terms.noise)
        }
        if configuration.logsCenters {
            for p in signal.indices { point += signal.indices.map { w($0, p) * signal[p] } }
        }
        return point
    }

    /// ½ Σ_ij (w_ij − δ_ij)² a_j, the loss that the flow descends.
    private func trainLoss(_ weight: [Double]) -> Double {
        let d = configuration.dimension
        var sum = 0.0
        for i in 0..<d {
            for j in 0..<d {
                let error = weight[i * d + j] - (i == j ? 1 : 0)
                sum += error * error * moment[j]
            }
        }
        return sum / 2
    }

    /// The newest value of each curve.
    var newest: [Scalar] { zip(names, values).map { Scalar(name: $0, value: $1.last) } }

    var curves: [Curve] {
        zip(names, values).map { Curve(name: $0, steps: steps, values: $1) }
    }

    /// The scalars, in the order of `scalarMetrics`. What has diverged has learned nothing for
    /// good, and its path has no end; what it did before that stands.
    func scalars(of flow: MatrixFlow, lane: Int, isFinished: Bool) -> [Scalar] {
        let signal = configuration.signal
        let path = OutputPath(
            steps: steps, outputs: Array(values[2..<2 + signal.count]), signal: signal)
        var scalars = path.scalars(tolerance: 0.1)
        scalars += majors.indices.map { k in
            Scalar(name: "major_time/\(k + 1)", value: passage(majors[k], over: 0.5))
        }
        let rho = flow.largestRise(ofLane: lane) / (signal.reduce(0) { $0 + $1 * $1 } / 2)
        let swings = rho > 0.01 && flow.loss(ofLane: lane) < flow.lowestBeforeRise(ofLane: lane)
        scalars += [
            Scalar(name: "rho", value: rho), Scalar(name: "swing", value: swings ? 1 : 0),
            Scalar(name: "descents", value: Double(1 + flow.riseCount(ofLane: lane))),
        ]
        if !isFinished { scalars = scalars.map { Scalar(name: $0.name, value: nil) } }
        if configuration.logsSpectrum { scalars.append(Scalar(name: "psd_exit", value: exit)) }
        if let lemmas {
            scalars += zip(LemmaCount.names, lemmas.violations).map {
                Scalar(name: "violations/\($0)", value: Double($1))
            }
            scalars += [
                Scalar(name: "violations/assumptions", value: Double(brokenAssumptions)),
                Scalar(name: "shortfall/D3", value: lemmas.shortfall),
            ]
        }
        return scalars
    }

    /// The step at which `values` first pass `level`, linear between logged points.
    private func passage(_ values: [Double], over level: Double) -> Double? {
        guard let index = values.firstIndex(where: { $0 > level }) else { return nil }
        guard index > 0 else { return steps.first.map(Double.init) }
        let share = (level - values[index - 1]) / (values[index] - values[index - 1])
        return Double(steps[index - 1]) + share * Double(steps[index] - steps[index - 1])
    }
}
