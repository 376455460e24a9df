public import Sweeps

/// Chooses the trials whose images a figure shows, one of each cell, and lays them out.
public struct ImageSheet {
    private struct Choice {
        let seed: Int
        let result: TrialResult
    }

    private static let columnLimit = 12

    private let spec: ImagesSpec
    private let plan: Plan
    private let grouping: Grouping
    /// By the place of its cell in the plan.
    private var choices: [Int: Choice] = [:]

    public init(_ spec: ImagesSpec, plan: Plan) throws(GroupingError) {
        self.spec = spec
        self.plan = plan
        grouping = try Grouping(by: nil, plan: plan, where: spec.condition)
    }

    /// Takes note of a trial, in any state.
    public mutating func add(_ row: TrialRow) {
        let cell = plan.cellIndex(ofTrial: row.number)
        let seed = plan.replicate(ofTrial: row.number)
        guard let result = row.result, grouping.groupOfCell[cell] != nil,
            spec.seed == nil || spec.seed == seed, seed < choices[cell]?.seed ?? .max,
            spec.arrays.contains(where: { !(result.array($0)?.steps ?? []).isEmpty })
        else { return }
        choices[cell] = Choice(seed: seed, result: result)
    }

    /// - Throws: `FigureError`, when there is no image, or the kind has not the figure's unit.
    public func sheet() throws(FigureError) -> Sheet {
        let cells = choices.keys.sorted()
        guard let array = try longest(of: cells) else { throw .noImages(spec.arrays) }
        let all = cells.flatMap { plan.kind.arrays(of: plan.cell(at: $0).configuration) }
        let shown = Self.unique(all).filter { spec.arrays.contains($0.name) }
        return try spec.times.count == 1 && shown.allSatisfy { $0.words.count > 1 }
            ? grid(cells, shown, of: array) : course(cells, shown, of: array)
    }

    /// The array with the most steps: a trial that diverged has fewer.
    ///
    /// - Throws: `FigureError`, where arrays hold no images, or images of several sizes.
    private func longest(of cells: [Int]) throws(FigureError) -> TrialArray? {
        let arrays = cells.flatMap { cell in
            spec.arrays.compactMap { choices[cell]?.result.array($0) }
        }
        if let odd = arrays.first(where: { !$0.hasImages }) {
            throw .notImages(odd.name, shape: odd.shape)
        }
        if let odd = arrays.first(where: { $0.shape[1...2] != arrays[0].shape[1...2] }) {
            throw .imagesDiffer(arrays[0].shape, odd.shape)
        }
        return arrays.max { $0.steps.count < $1.steps.count }
    }

    /// Time to the right, classes downwards.
    private func course(
        _ cells: [Int], _ shown: [TrialArray.Declaration], of array: TrialArray
    ) throws(FigureError) -> Sheet {
        let names = varying(cells)
        let lengths = try cells.map { cell throws(FigureError) in
            try plan.steps(per: spec.unit, ofCell: cell)
        }
        let times = spec.times.isEmpty ? Self.thinned(array.steps, lengths[0]) : spec.times
        var labels = times.map { _ in Set<String>() }
        var rows: [Sheet.Row] = []
        for (cell, length) in zip(cells, lengths) {
            guard let choice = choices[cell] else { continue }
            for (i, declaration) in shown.enumerated() {
                guard let array = choice.result.array(declaration.name) else { continue }
                var tiles: [[Sheet.Tile]] = []
                for (column, time) in times.enumerated() {
                    guard let index = Self.place(of: time * length, in: array, choice.result) else {
                        tiles.append([])
                        continue
                    }
                    labels[column].insert(Self.text(Double(array.steps[index]) / length))
                    tiles.append(try array.tiles(at: index, count: spec.each))
                }
                let parts = [cellText(cell, names)] + (shown.count > 1 ? [declaration.text] : [])
                rows.append(
                    Sheet.Row(
                        label: label(parts, choice), tiles: tiles,
                        opensGroup: i == 0 && shown.count > 1))
            }
        }
        return Sheet(
            title: title(shown.count == 1 ? shown[0].text : ""),
            rowTitle: names.joined(separator: " · "), columnTitle: spec.unit,
            columns: zip(labels, times).map { found, time in
                // Trials of several lengths have images at other steps.
                found.count == 1 ? found.first ?? "" : "≈ \(Self.text(time))"
            },
            rows: rows, tilesAcross: labels.count == 1 ? spec.each : 1, of: array)
    }

    /// At one time: the first concept's values downwards, the others' to the right.
    private func grid(
        _ cells: [Int], _ shown: [TrialArray.Declaration], of array: TrialArray
    ) throws(FigureError) -> Sheet {
        let names = varying(cells)
        let downs = Self.unique(shown.map { $0.words[0] })
        let rights = Self.unique(shown.map { $0.words.dropFirst().joined(separator: ", ") })
        var found: Set<String> = []
        var rows: [Sheet.Row] = []
        for cell in cells {
            guard let choice = choices[cell] else { continue }
            let length = try plan.steps(per: spec.unit, ofCell: cell)
            for (i, down) in downs.enumerated() {
                var tiles = rights.map { _ in [Sheet.Tile]() }
                for declaration in shown where declaration.words[0] == down {
                    let right = declaration.words.dropFirst().joined(separator: ", ")
                    guard let column = rights.firstIndex(of: right),
                        let array = choice.result.array(declaration.name),
                        let index = Self.place(of: spec.times[0] * length, in: array, choice.result)
                    else { continue }
                    found.insert(Self.text(Double(array.steps[index]) / length))
                    tiles[column] = try array.tiles(at: index, count: spec.each)
                }
                rows.append(
                    Sheet.Row(
                        label: label([cellText(cell, names), down], choice), tiles: tiles,
                        opensGroup: i == 0))
            }
        }
        let time = found.count == 1 ? found.first ?? "" : "≈ \(Self.text(spec.times[0]))"
        var across = 1
        while across * across < spec.each { across += 1 }
        return Sheet(
            title: title("\(spec.unit) \(time)"), rowTitle: names.joined(separator: " · "),
            columnTitle: "", columns: rights, rows: rows, tilesAcross: across, of: array)
    }

    /// The nearest of an array's steps; nil where the trial had diverged by then.
    private static func place(
        of step: Double, in array: TrialArray, _ result: TrialResult
    ) -> Int? {
        if case .diverged(let end) = result.outcome, step > Double(end) { return nil }
        return array.steps.indices.min {
            abs(Double(array.steps[$0]) - step) < abs(Double(array.steps[$1]) - step)
        }
    }

    /// A dozen times at most, evenly over all.
    private static func thinned(_ steps: [UInt32], _ length: Double) -> [Double] {
        let count = min(steps.count, columnLimit)
        return (0..<count).map { i in
            let place = count > 1 ? i * (steps.count - 1) / (count - 1) : 0
            return Double(steps[place]) / length
        }
    }

    private func title(_ what: String) -> String {
        let seeds = Set(choices.values.map(\.seed))
        let seed = seeds.count == 1 ? seeds.first.map { "seed \($0)" } : nil
        // What somebody has picked is no sample.
        let text = spec.seed == nil ? seed : seed.map { "\($0), selected" }
        return ([plan.name, what] + [text].compactMap { $0 }).filter { !$0.isEmpty }
            .joined(separator: ", ")
    }

    private func label(_ parts: [String], _ choice: Choice) -> String {
        let seeds = Set(choices.values.map(\.seed))
        var parts = parts.filter { !$0.isEmpty }
        if seeds.count > 1 { parts.append("seed \(choice.seed)") }
        if choice.result.outcome != .finished { parts.append("diverged") }
        return PlaneFigure.clipped(parts.joined(separator: " · "))
    }

    /// The axes of which these cells have several values.
    private func varying(_ cells: [Int]) -> [String] {
        grouping.names.indices.filter { i in
            Set(cells.map { value(i, ofCell: $0) }).count > 1
        }.map { grouping.names[$0] }
    }

    private func value(_ name: Int, ofCell cell: Int) -> Value? {
        grouping.groupOfCell[cell].flatMap { grouping.groups[$0].values[name] }
    }

    private func cellText(_ cell: Int, _ names: [String]) -> String {
        grouping.names.indices.filter { names.contains(grouping.names[$0]) }.map { i in
            guard let value = value(i, ofCell: cell) else { return "—" }
            return value.number.map(Self.text) ?? value.description
        }.joined(separator: " · ")
    }

    /// Whole numbers as they are, others to three digits.
    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e9
            ? Value.canonicalText(of: number) : PlaneFigure.rounded(number)
    }

    private static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var known: Set<Element> = []
        return elements.filter { known.insert($0).inserted }
    }
}

extension TrialArray.Declaration {
    fileprivate var text: String { words.isEmpty ? name : words.joined(separator: ", ") }
}
