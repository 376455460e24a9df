/// Numbers at regular distances, and intervals that are drawn from.
extension AxisReader {
    /// More values than this on one axis are a mistake in the file.
    private static let valueLimit = 100_000

    /// The numbers of `linspace`, `logspace`, `geomspace` or `range`.
    func readNumbers(_ form: SourceNode.Member, _ problems: inout Problems) -> [Double]? {
        switch form.key {
        case "range": readRange(form, &problems)
        case "logspace": readLogspace(form, &problems)
        case "linspace":
            readEnds(form, example: "{start: 0, stop: 1, num: 5}", &problems)
                .map { linspace(start: $0.start, stop: $0.stop, count: Int($0.third)) }
        default:
            readEnds(
                form, areOverZero: true, example: "{start: 1e-3, stop: 1e-1, num: 5}", &problems
            )
            .map { geomspace(start: $0.start, stop: $0.stop, count: Int($0.third)) }
        }
    }

    private func readRange(_ form: SourceNode.Member, _ problems: inout Problems) -> [Double]? {
        let example = "{start: 1, stop: 9, step: 2}"
        guard let ends = readEnds(form, third: "step", example: example, &problems) else {
            return nil
        }
        guard ends.third != 0 else {
            problems.add(form.element.origin, "step must not be 0; write \(example)")
            return nil
        }
        let numbers = range(
            start: ends.start, stop: ends.stop, step: ends.third, limit: Self.valueLimit)
        if numbers == nil {
            problems.add(
                form.element.origin, "over \(Self.valueLimit) values; take a larger step")
        } else if numbers == [] {
            problems.add(
                form.element.origin, "no value: the step leads away from stop; give it its sign")
            return nil
        }
        return numbers
    }

    private func readLogspace(_ form: SourceNode.Member, _ problems: inout Problems) -> [Double]? {
        guard
            let ends = readEnds(
                form, optional: ["base"], example: "{start: -3, stop: -1, num: 5}", &problems)
        else { return nil }
        var base = 10.0
        if let given = ends.section["base"] {
            guard let number = given.value?.number, number > 0 else {
                given.complain("base must be a number over 0, not \(given.phrase)", &problems)
                return nil
            }
            base = number
        }
        let numbers = logspace(
            start: ends.start, stop: ends.stop, count: Int(ends.third), base: base)
        if numbers == nil {
            problems.add(
                form.element.origin,
                "start and stop of logspace are exponents, and these lead beyond all numbers; "
                    + "geomspace takes the ends themselves")
        }
        return numbers
    }

    /// - Parameter third: `num`, or `step`.
    private func readEnds(
        _ form: SourceNode.Member, third: String = "num", optional: [String] = [],
        areOverZero: Bool = false, example: String, _ problems: inout Problems
    ) -> (start: Double, stop: Double, third: Double, section: Section)? {
        let needed = ["start", "stop", third]
        let section = Section(form.element, form.key, keys: needed + optional, &problems)
        func number(_ name: String, _ problems: inout Problems) -> Double? {
            guard let given = section[name] else { return nil }
            if let number = given.value?.number, number > 0 || !areOverZero { return number }
            given.complain(
                "\(name) must be a number\(areOverZero ? " over 0" : ""), not \(given.phrase)",
                &problems)
            return nil
        }
        let start = number("start", &problems)
        let stop = number("stop", &problems)
        let last =
            third == "step"
            ? number("step", &problems)
            : section["num"]?.integer("num", in: 2...Self.valueLimit, &problems).map(Double.init)
        let missing = needed.filter { section[$0] == nil }
        if !missing.isEmpty, case .mapping = form.element.content {
            problems.add(
                form.element.origin,
                "\(form.key) lacks \(missing.joined(separator: " and ")); write \(example)")
        }
        guard let start, let stop, let last else { return nil }
        return (start, stop, last, section)
    }
}

// MARK: Intervals

extension AxisReader {
    /// What W&B calls a distribution, and what it is here.
    private static let distributions = [
        "constant": false, "categorical": false, "uniform": true, "int_uniform": true,
        "log_uniform_values": true,
    ]

    /// - Returns: Whether it is one of `min` and `max`.
    func checkDistribution(
        _ element: SourceNode?, _ key: String, _ problems: inout Problems
    ) -> Bool {
        guard let element else { return false }
        let words = Self.distributions.keys.sorted()
        guard let word = element.word("distribution of \(key)", among: words, &problems) else {
            return false
        }
        return Self.distributions[word] ?? false
    }

    /// Reads `{min: 1e-4, max: 1, scale: log}`.
    func readInterval(
        _ section: Section, of parameter: Parameter, at form: SourceNode.Member,
        _ problems: inout Problems
    ) -> DrawInterval? {
        let name = parameter.name
        guard method.draws != nil else {
            problems.add(
                form.origin,
                "\(name) has min and max, which go with method: random or sobol; "
                    + "for a grid write linspace or geomspace")
            return nil
        }
        var ends: [Double] = []
        for key in ["min", "max"] {
            guard let element = section[key] else {
                problems.add(form.origin, "\(name) lacks \(key); write {min: 0, max: 1}")
                continue
            }
            let value = element.value
            if let value, let number = value.number, parameter.domain.objection(to: value) == nil {
                ends.append(number)
            } else {
                element.complain(
                    "\(key) of \(name) is \(element.phrase); it must be \(parameter.domain)",
                    &problems)
            }
        }
        let scale = section["scale"]?.word("scale", among: ["linear", "log"], &problems)
        let isNamedLog = section["distribution"]?.value == .text("log_uniform_values")
        guard ends.count == 2 else { return nil }
        guard ends[0] < ends[1] else {
            problems.add(form.origin, "min of \(name) is not under its max; swap them")
            return nil
        }
        let isLogarithmic = scale == "log" || isNamedLog
        if isLogarithmic, ends[0] <= 0 {
            problems.add(form.origin, "min of \(name) must be over 0 for scale: log")
            return nil
        }
        return DrawInterval(
            minimum: ends[0], maximum: ends[1], isLogarithmic: isLogarithmic,
            isWhole: parameter.domain.isWhole)
    }
}
