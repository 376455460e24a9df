/// Goes over the combinations of some dimensions, and keeps those that are cells.
struct GridWalk {
    private let builder: GridBuilder
    private let coupled: CoupledDimensions
    /// Those of the builder; where values are drawn, their rows are found on the way.
    private(set) var dimensions: [GridBuilder.Dimension]
    private(set) var misfits: [GridBuilder.Misfit] = []

    private var completion: CellCompletion
    /// The `when` of each block, then what is excluded.
    private var tables: [ConditionTable]
    /// The row of each dimension at the present point, −1 where it does not apply.
    private var rows: [Int32]
    /// The rows of `coupled.dimensions`, a kept point after the other.
    private var points: [Int32] = []
    private var keptCount = 0
    private var visitCount = 0
    /// What tells the kept points apart; kept from when a first point turns out equal to another.
    private var known: Set<[Int]>?
    /// Likewise, where a bit a point will do.
    private var seen: PointSet?
    private var isTelling = false
    /// The keys that take no part in completing a cell, in their one order.
    private let independentKeys: [String]
    private var numberOfValue: [Value: Int] = [:]
    private var rowOfValue: [Int: [Value: Int32]] = [:]
    private var hasLeftOut = false

    init(_ builder: GridBuilder, _ coupled: CoupledDimensions) {
        self.builder = builder
        self.coupled = coupled
        dimensions = builder.dimensions
        rows = Array(repeating: -1, count: dimensions.count)
        let conditions = coupled.excludes + (coupled.hasBlocks ? builder.blocks.map(\.when) : [])
        let isEachSeenOnce = coupled.dimensions == coupled.completed && !coupled.hasBlocks
        completion = CellCompletion(
            builder: builder, completed: coupled.completed, names: conditions.flatMap(\.names),
            remembers: !isEachSeenOnce)
        tables = (builder.blocks.map(\.when) + coupled.excludes).map {
            ConditionTable(
                $0, builder, completed: coupled.completed, isEachSeenOnce: isEachSeenOnce)
        }
        seen = PointSet(builder, coupled)
        independentKeys = Set(
            coupled.dimensions.filter { !coupled.completed.contains($0) }
                .flatMap { builder.dimensions[$0].axis.keys }
        ).sorted()
    }

    /// - Returns: None where there are misfits, or no dimensions.
    mutating func components() throws(GridError) -> [Grid.Component] {
        let always = coupled.dimensions.filter { !dimensions[$0].isConditional }
        switch builder.order {
        case .grid:
            let size = always.reduce(1.0) { $0 * Double(dimensions[$1].axis.rows.count) }
            guard size <= Double(Plan.trialLimit) else { throw .tooManyPoints }
            try walk(always[...])
        case .listed(let lines):
            for line in lines {
                for (place, row) in zip(always, line) { rows[place] = row }
                try walkBlocks(0, draw: nil)
            }
        case .drawn(let draws): try draw(always, draws)
        }
        guard misfits.isEmpty else { return [] }
        if keptCount == 0 { throw .nothingLeft }
        if coupled.dimensions.isEmpty { return [] }
        if case .grid = builder.order {
            if !hasLeftOut, !coupled.hasBlocks {
                return coupled.dimensions.map {
                    Grid.Component(dimension: $0, count: dimensions[$0].axis.rows.count)
                }
            }
            var levels = always.indices.map { $0..<($0 + 1) }
            // Blocks come inside all else, whatever dimensions they share.
            if always.count < coupled.dimensions.count {
                levels.append(always.count..<coupled.dimensions.count)
            }
            let isChosen = coupled.hasBlocks || !coupled.excludes.isEmpty
            return [
                Grid.Component(
                    dimensions: coupled.dimensions, levels: levels, points: points,
                    isChosen: isChosen)
            ]
        }
        return [
            Grid.Component(
                dimensions: coupled.dimensions, levels: [coupled.dimensions.indices],
                points: points, isChosen: true)
        ]
    }

    private var isStopped: Bool { misfits.count == 20 }

    private mutating func walk(_ left: ArraySlice<Int>) throws(GridError) {
        guard let place = left.first else { return try walkBlocks(0, draw: nil) }
        for row in dimensions[place].axis.rows.indices where !isStopped {
            rows[place] = Int32(row)
            try walk(left.dropFirst())
        }
    }

    private mutating func walkBlocks(_ index: Int, draw: Int?) throws(GridError) {
        guard coupled.hasBlocks, index < builder.blocks.count else { return try visit() }
        let block = builder.blocks[index]
        guard holds(index) else {
            return try walkBlocks(index + 1, draw: draw)
        }
        if let key = keyGivenTwice(by: block) {
            add(
                ConfigurationError(
                    key, "is given by two conditionals at once; let their conditions differ"))
            return
        }
        try walkRows(of: block.entries[...], then: index + 1, draw: draw)
        for entry in block.entries { rows[entry.dimension] = -1 }
    }

    private func keyGivenTwice(by block: GridBuilder.Block) -> String? {
        let given = Set(
            rows.indices.filter { dimensions[$0].isConditional && rows[$0] >= 0 }
                .flatMap { dimensions[$0].axis.keys })
        return block.entries.flatMap { dimensions[$0.dimension].axis.keys }
            .first(where: given.contains)
    }

    private mutating func walkRows(
        of entries: ArraySlice<GridBuilder.Block.Entry>, then index: Int, draw: Int?
    ) throws(GridError) {
        guard let entry = entries.first else { return try walkBlocks(index, draw: draw) }
        if let draw {
            rows[entry.dimension] = drawnRow(
                entry.dimension, draw, among: entry.rows, entry.interval)
            try walkRows(of: entries.dropFirst(), then: index, draw: draw)
            return
        }
        for row in entry.rows where !isStopped {
            rows[entry.dimension] = Int32(row)
            try walkRows(of: entries.dropFirst(), then: index, draw: draw)
        }
    }

    /// Whether a condition is true of the present point, by its place in `tables`.
    private mutating func holds(_ index: Int) -> Bool {
        var table = ConditionTable.none
        swap(&table, &tables[index])
        defer { swap(&table, &tables[index]) }
        let part = completion.part(of: rows)
        return table.holds(rows, part: part) { name in
            let cell = completion.cell(at: part, dimensions)
            return completion.value(of: name, rows: rows, dimensions, cell)
        }
    }

    private mutating func add(_ error: ConfigurationError) {
        if !misfits.contains(where: { $0.error == error }) {
            misfits.append(GridBuilder.Misfit(error: error, rows: rows))
        }
    }

    private mutating func visit() throws(GridError) {
        visitCount += 1
        if visitCount > Plan.trialLimit { throw .tooManyPoints }
        for index in builder.blocks.count..<tables.count where holds(index) {
            hasLeftOut = true
            return
        }
        let cell = completion.cell(rows, dimensions)
        if let error = cell.error {
            add(error)
            return
        }
        guard isNew(cell) else {
            hasLeftOut = true
            return
        }
        keptCount += 1
        for place in coupled.dimensions { points.append(rows[place]) }
    }
}

// MARK: Telling points apart

extension GridWalk {
    /// Whether no kept point is the same cell as the present one.
    ///
    /// As long as no two completed parts are equal, points of a grid differ as they are enumerated.
    private mutating func isNew(_ cell: CellCompletion.Cell) -> Bool {
        if seen != nil {
            if !isTelling {
                if cell.isFirst { return true }
                isTelling = true
                forEachKept { walk, cell in _ = walk.seen?.insert(walk.rows, part: cell.number) }
            }
            return seen?.insert(rows, part: cell.number) ?? true
        }
        var mayRepeat = !cell.isFirst
        if case .grid = builder.order {} else { mayRepeat = true }
        guard known != nil || mayRepeat else { return true }
        if known == nil { known = signaturesOfKept() }
        let signature = signature(cell)
        return known?.insert(signature).inserted ?? true
    }

    private mutating func signaturesOfKept() -> Set<[Int]> {
        var signatures: Set<[Int]> = []
        forEachKept { walk, cell in signatures.insert(walk.signature(cell)) }
        return signatures
    }

    /// Goes to each kept point again, then back to the present one.
    private mutating func forEachKept(_ body: (inout Self, CellCompletion.Cell) -> Void) {
        let present = rows
        defer { rows = present }
        for point in 0..<keptCount {
            for (offset, place) in coupled.dimensions.enumerated() {
                rows[place] = points[point * coupled.dimensions.count + offset]
            }
            body(&self, completion.cell(rows, dimensions))
        }
    }

    private mutating func signature(_ cell: CellCompletion.Cell) -> [Int] {
        var signature = [cell.number]
        for key in independentKeys {
            let value = completion.value(of: key, rows: rows, dimensions, cell)
            guard let value else {
                signature.append(-1)
                continue
            }
            let number = numberOfValue[value] ?? numberOfValue.count
            numberOfValue[value] = number
            signature.append(number)
        }
        return signature
    }
}

// MARK: Drawing

extension GridWalk {
    private mutating func draw(_ always: [Int], _ draws: Draws) throws(GridError) {
        // Cells that are drawn again, or excluded, are drawn anew; but not for ever.
        let limit = 20 * draws.count + 1000
        for index in 0..<limit where keptCount < draws.count && !isStopped {
            for place in always {
                let dimension = dimensions[place]
                rows[place] = drawnRow(
                    place, index, among: Array(dimension.axis.rows.indices), dimension.interval)
            }
            try walkBlocks(0, draw: index)
        }
        if misfits.isEmpty, keptCount < draws.count {
            throw .tooFewDistinct(found: keptCount)
        }
    }

    private mutating func drawnRow(
        _ place: Int, _ draw: Int, among candidates: [Int], _ interval: DrawInterval?
    ) -> Int32 {
        guard case .drawn(let draws) = builder.order else { return -1 }
        let share = draws.share(draw, axis: dimensions[place].axis.name, place: place)
        guard let interval else {
            let index = Int(share * Double(candidates.count))
            return Int32(candidates[min(index, candidates.count - 1)])
        }
        let value = interval.value(at: share)
        if let row = rowOfValue[place]?[value] { return row }
        let row = Int32(dimensions[place].axis.rows.count)
        rowOfValue[place, default: [:]][value] = row
        dimensions[place].axis.rows.append([value])
        return row
    }
}
