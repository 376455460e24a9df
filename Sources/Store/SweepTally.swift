import GRDB
import Sweeps

/// What a turn changes in the counters of sweeps, so that how far a sweep is can be read without
/// looking at its trials.
struct SweepTally {
    private struct Change {
        var states = [Int](repeating: 0, count: TrialState.allCases.count)
        var attempts = 0
        var results = 0

        mutating func add(_ count: Int, _ note: Note) {
            states[Int(note.old.rawValue)] -= count
            states[Int(note.new.rawValue)] += count
            if note.isAttempt { attempts += count }
            if note.new == .finished || note.new == .diverged { results += count }
        }
    }

    private struct Note {
        let trials: ClosedRange<TrialID>
        let old: TrialState
        let new: TrialState
        let isAttempt: Bool
    }

    private var notes: [Note] = []
    private let extremes: FastStatement
    private let countsOfSweeps: FastStatement

    init(_ db: Database) throws {
        extremes = try FastStatement(
            "SELECT min(sweep), max(sweep), count(*) FROM sweep_trial WHERE trial BETWEEN ? AND ?",
            db)
        countsOfSweeps = try FastStatement(
            """
            SELECT sweep, count(*) FROM sweep_trial WHERE trial BETWEEN ? AND ? GROUP BY sweep
            """, db)
    }

    /// Notes that a trial goes from one state to another.
    mutating func note(
        _ trial: TrialID, from old: TrialState, to new: TrialState, isAttempt: Bool = false
    ) {
        note(trial...trial, from: old, to: new, isAttempt: isAttempt)
    }

    /// Notes that all of some neighbours go from one state to another.
    mutating func note(
        _ trials: ClosedRange<TrialID>, from old: TrialState, to new: TrialState,
        isAttempt: Bool = false
    ) {
        notes.append(Note(trials: trials, old: old, new: new, isAttempt: isAttempt))
    }

    /// What changes in each sweep. Neighbours are mostly of one, which the least and the greatest
    /// number tell without sorting.
    private mutating func changes() throws -> [Int64: Change] {
        var changes: [Int64: Change] = [:]
        for note in notes {
            let (first, last) = (note.trials.lowerBound, note.trials.upperBound)
            let isOfOne = try extremes.first(first, last) { row in
                guard row.integer(0) == row.integer(1) else { return false }
                changes[row.integer(0), default: Change()].add(Int(row.integer(2)), note)
                return true
            }
            guard isOfOne != true else { continue }
            try countsOfSweeps.forEachRow(first, last) { row in
                changes[row.integer(0), default: Change()].add(Int(row.integer(1)), note)
            }
        }
        notes = []
        return changes
    }

    mutating func write(to db: Database, at now: Int64) throws {
        let states = TrialState.allCases.map { "\($0) = \($0) + ?" }.joined(separator: ", ")
        for (sweep, change) in try changes() {
            try db.cachedStatement(
                sql: """
                    UPDATE sweep_count SET \(states), attempts = attempts + ?,
                        started = iif(?, coalesce(started, ?), started),
                        last_result = iif(?, ?, last_result), fresh = fresh + ?
                    WHERE sweep = ?
                    """
            ).execute(
                arguments: StatementArguments(change.states) + [
                    change.attempts, change.attempts > 0, now, change.results > 0, now,
                    change.results, sweep,
                ])
        }
    }

    /// Counts a sweep's trials one by one: where it is new, or its counters are to be proved.
    static func counted(_ sweep: Int64, in db: Database) throws -> SweepCounters {
        var counts = StateCounts()
        var attempts = 0
        let rows = try db.all(
            """
            SELECT state, count(*), sum(attempts) FROM sweep_trial
            JOIN trial ON trial.id = sweep_trial.trial WHERE sweep = ? GROUP BY state
            """, sweep)
        for row in rows {
            counts[try TrialState(stored: row[0])] = row[1]
            attempts += row[2]
        }
        return SweepCounters(counts: counts, attempts: attempts)
    }

    /// The counters as they are kept.
    static func kept(_ sweep: Int64, in db: Database) throws -> SweepCounters {
        let states = TrialState.allCases.map(\.description).joined(separator: ", ")
        let row = try db.first("SELECT attempts, \(states) FROM sweep_count WHERE sweep = ?", sweep)
        guard let row else { throw StoredValueError(detail: "sweep \(sweep) has no counters") }
        var counts = StateCounts()
        for state in TrialState.allCases {
            counts[state] = row[Int(state.rawValue) + 1]
        }
        return SweepCounters(counts: counts, attempts: row[0])
    }

    /// Begins to count a sweep.
    static func insert(_ sweep: Int64, _ counters: SweepCounters, in db: Database) throws {
        let states = TrialState.allCases
        try db.execute(
            sql: """
                INSERT INTO sweep_count (sweep, attempts,
                    \(states.map(\.description).joined(separator: ", ")), started, last_result)
                VALUES (?, ?, \(states.map { _ in "?" }.joined(separator: ", ")),
                    (SELECT min(issued) FROM sweep_trial JOIN lease USING (trial) WHERE sweep = ?),
                    (SELECT max(committed) FROM sweep_trial JOIN result USING (trial)
                        WHERE sweep = ?))
                """,
            arguments: [sweep, counters.attempts]
                + StatementArguments(states.map { counters.counts[$0] }) + [sweep, sweep])
    }
}

/// How many of a sweep's trials are in each state, and how many attempts they took.
struct SweepCounters: Equatable {
    var counts = StateCounts()
    var attempts = 0
}
