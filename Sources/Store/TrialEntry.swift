import GRDB
import Sweeps

/// Enters the trials of a sweep, cell by cell in the plan's order, within a transaction.
///
/// Identities come in no order, so that each would want another page of their index. They are looked
/// up and entered many at a time in their own order, which goes through the index from end to end.
struct TrialEntry {
    /// How many trials are entered at once, and how much text of cells waits for that.
    private static let trialLimit = 1 << 14
    private static let textLimit = 1 << 22

    private struct Pending {
        let identity: Digest256
        let cell: Int
        let replicate: Int
        var trial: Int64?
    }

    private let sweep: Int64
    private let run: RunSettings
    private let seeds: [UInt64]
    private let find: FastStatement
    private let addCell: FastStatement
    private let addTrial: FastStatement
    private let addSpec: FastStatement
    private let link: FastStatement
    private let linkNew: FastStatement

    private var cells: [CellText] = []
    private var textSize = 0
    private var pending: [Pending] = []
    private var number = 0
    private var next: UInt32
    private var nextCell: Int64
    private var added: [TrialID] = []

    init(db: Database, sweep: Int64, run: RunSettings, seeds: Seeds) throws {
        self.sweep = sweep
        self.run = run
        self.seeds = (1...seeds.count).map { seeds.seed(replicate: $0) }
        find = try FastStatement("SELECT trial FROM spec WHERE identity = ?", db)
        addCell = try FastStatement("INSERT INTO cell (id, text) VALUES (?, ?)", db)
        addTrial = try FastStatement(
            "INSERT INTO trial (id, host_lost_limit, crash_limit, threads) VALUES (?, ?, ?, ?)",
            db)
        addSpec = try FastStatement(
            "INSERT INTO spec (trial, cell, seed, identity) VALUES (?, ?, ?, ?)", db)
        link = try FastStatement(
            "INSERT INTO sweep_trial (sweep, number, trial) VALUES (?, ?, ?)", db)
        linkNew = try FastStatement(
            """
            INSERT INTO sweep_trial (sweep, number, trial)
            SELECT ?, id - ?, id FROM trial WHERE id BETWEEN ? AND ?
            """, db)
        next = try UInt32(db.count("SELECT max(id) FROM trial")) + 1
        nextCell = try Int64(db.count("SELECT max(id) FROM cell")) + 1
    }

    /// Takes the next cell of the plan.
    mutating func add(_ cell: CellText) throws {
        for (replicate, seed) in seeds.enumerated() {
            pending.append(
                Pending(
                    identity: cell.identity(seed: seed), cell: cells.count, replicate: replicate))
        }
        cells.append(cell)
        textSize += cell.bytes.count
        if pending.count >= Self.trialLimit || textSize >= Self.textLimit { try enter() }
    }

    /// - Returns: The trials that were not known, in the order of their numbers in the store.
    mutating func finish() throws -> [TrialID] {
        try enter()
        return added
    }

    private mutating func enter() throws {
        let order = pending.indices.sorted { pending[$0].identity < pending[$1].identity }
        for place in order {
            pending[place].trial = try pending[place].identity.withBytes {
                try find.first(LentBytes($0)) { $0.integer(0) }
            }
        }
        // What is referred to goes before what refers to it.
        var isNew = Array(repeating: false, count: pending.count)
        // Where new ones that are not yet linked begin.
        var unlinked = (number: number + 1, trial: next)
        var cellID: [Int64?] = Array(repeating: nil, count: cells.count)
        for place in pending.indices {
            number += 1
            if let known = pending[place].trial {
                try linkNew(from: &unlinked)
                try link.run(sweep, number, known)
            } else {
                let cell = pending[place].cell
                if cellID[cell] == nil {
                    try addCell.run(nextCell, cells[cell].text)
                    cellID[cell] = nextCell
                    nextCell += 1
                }
                try addTrial.run(next, run.hostLostLimit, run.crashLimit, run.threads)
                isNew[place] = true
                pending[place].trial = Int64(next)
                added.append(TrialID(next))
                next += 1
            }
        }
        try linkNew(from: &unlinked)
        for place in order where isNew[place] {
            let one = pending[place]
            _ = try one.identity.withBytes {
                try addSpec.run(
                    one.trial, cellID[one.cell], Int64(bitPattern: seeds[one.replicate]),
                    LentBytes($0))
            }
        }
        pending.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        textSize = 0
    }

    /// Links new trials with the sweep all at once: their numbers follow each other in both.
    private func linkNew(from start: inout (number: Int, trial: UInt32)) throws {
        if start.trial < next {
            try linkNew.run(
                sweep, Int64(start.trial) - Int64(start.number), start.trial, next - 1)
        }
        start = (number + 1, next)
    }
}
