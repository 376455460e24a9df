internal import Coordination
internal import Sweeps

/// ASSIGN, written and read by hand; what the trials of a cell have in common is sent once.
extension MessageType {
    /// - Precondition: All are of one worker.
    func assignBody(_ assignments: [Assignment]) throws -> [UInt8] {
        var cells: [CellText] = []
        var writer = ProtoWriter()
        for one in try list(assignments) {
            let lease = one.lease
            precondition(
                lease.worker == assignments[0].lease.worker, "two workers in one ASSIGN")
            let cell = cells.lastIndex(of: one.cell) ?? cells.count
            if cell == cells.count { cells.append(one.cell) }
            writer.message(1) { writer in
                writer.lease(1, lease)
                writer.number(2, UInt32(one.threads))
                writer.number(3, UInt32(cell))
                writer.fixed(4, one.seed)
                writer.flag(5, one.isAlone)
            }
        }
        if let first = assignments.first { writer.text(2, first.lease.worker.rawValue) }
        for cell in cells { writer.element(3, cell.bytes) }
        return writer.bytes
    }

    private struct Unread {
        var lease = UnreadLease()
        var threads: UInt32 = 0
        var cell: UInt32 = 0
        var seed: UInt64 = 0
        var isAlone = false
    }

    /// - Throws: `CodecError`.
    func assignments(_ body: UnsafeRawBufferPointer) throws -> [Assignment] {
        var unread: [Unread] = []
        var cells: [CellText] = []
        var worker = ""
        try readFields(body) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): unread.append(try self.unread(bytes))
            case (2, .blob(let bytes)): worker = try text(utf8: bytes)
            case (3, .blob(let bytes)):
                guard let cell = CellText(bytes: Array(bytes)) else {
                    throw CodecError.body(self, "a cell without a version")
                }
                cells.append(cell)
            default: break
            }
        }
        _ = try list(cells)
        guard !unread.isEmpty else { return [] }
        let id = try self.worker(worker)
        return try list(unread).map { one in
            guard Int(one.cell) < cells.count else {
                throw CodecError.body(
                    self, "cell \(one.cell) of \(cells.count); they count from 0")
            }
            return Assignment(
                lease: try lease(one.lease, of: id),
                threads: try number(one.threads, "threads", in: 1...1 << 16),
                cell: cells[Int(one.cell)], seed: one.seed, isAlone: one.isAlone)
        }
    }

    private func unread(_ bytes: UnsafeRawBufferPointer) throws -> Unread {
        var one = Unread()
        try readFields(bytes) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): try read(bytes, &one.lease)
            case (2, .varint(let value)): one.threads = UInt32(truncatingIfNeeded: value)
            case (3, .varint(let value)): one.cell = UInt32(truncatingIfNeeded: value)
            case (4, .fixed(let value)): one.seed = value
            case (5, .varint(let value)): one.isAlone = value != 0
            default: break
            }
        }
        return one
    }
}
