import Foundation
import GRDB
import Sweeps

/// A layout as the store keeps it, in JSON that a reader in Python can use as it is:
/// `numpy.frombuffer(data, type, count, offset)`.
struct StoredLayout: Codable, Hashable {
    struct CurvePart: Codable, Hashable {
        let name: String
        /// The row of `grid` that has its steps.
        let grid: Int64
        let type: String
        /// Where its values begin, and how many there are.
        let offset: Int
        let count: Int
    }

    struct ArrayPart: Codable, Hashable {
        let name: String
        let grid: Int64
        /// Of what one step has; each place is a byte, NumPy's `|u1`.
        let shape: [Int]
        let offset: Int
    }

    let scalars: [String]
    let curves: [CurvePart]
    /// nil where there are none.
    let arrays: [ArrayPart]?

    func encoded() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// Numbers of layouts, so that none is looked up for each trial. Of a transaction that failed none
/// is kept, since it may know what was never stored.
struct LayoutCache: Sendable {
    private var last: (layout: ResultLayout, id: Int64)?
    private var known: [ResultLayout: Int64] = [:]
    /// More layouts than this are forgotten and looked up again.
    private static let limit = 1000

    /// The number of a layout in the store, which gets it where it is new.
    mutating func id(of layout: ResultLayout, in db: Database) throws -> Int64 {
        if let last, last.layout == layout {
            // The next one is most likely this very array, found equal without a look at it.
            self.last?.layout = layout
            return last.id
        }
        let id = try known[layout] ?? Self.storedID(of: layout, in: db)
        if known.count >= Self.limit { known = [:] }
        known[layout] = id
        last = (layout, id)
        return id
    }

    private static func storedID(of layout: ResultLayout, in db: Database) throws -> Int64 {
        var grid = (steps: [UInt32](), id: Int64(0))
        var parts: [StoredLayout.CurvePart] = []
        for (index, curve) in layout.curves.enumerated() {
            if index == 0 || curve.steps != grid.steps {
                grid = (curve.steps, try gridID(of: curve.steps, in: db))
            }
            parts.append(
                StoredLayout.CurvePart(
                    name: curve.name, grid: grid.id, type: curve.type.rawValue,
                    offset: layout.offset(ofCurve: index), count: curve.steps.count))
        }
        let arrays = try layout.arrays.indices.map { index in
            let array = layout.arrays[index]
            return StoredLayout.ArrayPart(
                name: array.name, grid: try gridID(of: array.steps, in: db), shape: array.shape,
                offset: layout.offset(ofArray: index))
        }
        let text = try StoredLayout(
            scalars: layout.scalars, curves: parts, arrays: arrays.isEmpty ? nil : arrays
        ).encoded()
        if let row = try db.first("SELECT id FROM layout WHERE text = ?", text) { return row[0] }
        try db.run("INSERT INTO layout (text, size) VALUES (?, ?)", text, layout.sizeInBytes)
        return db.lastInsertedRowID
    }

    /// Most curves are logged at the same steps, which are therefore stored once, by content.
    private static func gridID(of steps: [UInt32], in db: Database) throws -> Int64 {
        let data = steps.withUnsafeBytes { Data($0) }
        let digest = Digest256(hashing: data).data
        if let row = try db.first("SELECT id FROM grid WHERE digest = ?", digest) {
            return row[0]
        }
        try db.run("INSERT INTO grid (digest, steps) VALUES (?, ?)", digest, data)
        return db.lastInsertedRowID
    }
}

/// The layouts of a store, each read once; curves of equal steps share them.
struct LayoutReader {
    let db: Database
    private var layouts: [Int64: ResultLayout] = [:]
    private var grids: [Int64: [UInt32]] = [:]

    init(db: Database) {
        self.db = db
    }

    mutating func layout(_ id: Int64) throws -> ResultLayout {
        if let known = layouts[id] { return known }
        guard let row = try db.first("SELECT text FROM layout WHERE id = ?", id) else {
            throw StoredValueError(detail: "there is no layout \(id)")
        }
        let text: String = row[0]
        // What is wrong with it is of no use to anybody.
        guard let stored = try? JSONDecoder().decode(StoredLayout.self, from: Data(text.utf8))
        else { throw StoredValueError(detail: "layout \(id) is no layout: \(text.prefix(40))") }
        let layout = try read(stored, id)
        layouts[id] = layout
        return layout
    }

    private mutating func read(_ stored: StoredLayout, _ id: Int64) throws -> ResultLayout {
        let curves = try stored.curves.map { part in
            guard let type = ResultLayout.ValueType(rawValue: part.type) else {
                throw StoredValueError(detail: "layout \(id) has values of type '\(part.type)'")
            }
            return ResultLayout.CurveLayout(
                name: part.name, steps: try steps(part.grid), type: type)
        }
        let arrays = try (stored.arrays ?? []).map { part in
            guard
                let array = ResultLayout.ArrayLayout(
                    name: part.name, steps: try steps(part.grid), shape: part.shape)
            else { throw StoredValueError(detail: "layout \(id) has an array of \(part.shape)") }
            return array
        }
        return ResultLayout(scalars: stored.scalars, curves: curves, arrays: arrays)
    }

    private mutating func steps(_ grid: Int64) throws -> [UInt32] {
        if let steps = grids[grid] { return steps }
        let row = try db.first("SELECT steps FROM grid WHERE id = ?", grid)
        guard let data: Data = row?[0], data.count % 4 == 0 else {
            throw StoredValueError(detail: "there are no steps \(grid)")
        }
        let steps = data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)
            }
        }
        grids[grid] = steps
        return steps
    }
}
