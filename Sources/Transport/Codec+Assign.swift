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
                writer.optionalNumber(6, one.checkpointRule.nanoseconds)
                if let checkpoint = one.checkpoint {
                    writer.message(7) { writer in
                        checkpoint.digest.withBytes { writer.blob(1, $0) }
                        writer.number(2, UInt64(checkpoint.step))
                        writer.number(3, UInt64(checkpoint.sizeInBytes))
                    }
                }
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
        var checkpointNanoseconds: UInt64?
        var checkpoint: UnreadCheckpoint?
    }

    private struct UnreadCheckpoint {
        var digest = UnsafeRawBufferPointer(start: nil, count: 0)
        var step: UInt64 = 0
        var size: UInt64 = 0
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
                cell: cells[Int(one.cell)], seed: one.seed, isAlone: one.isAlone,
                checkpointRule: try rule(one.checkpointNanoseconds),
                checkpoint: try one.checkpoint.map(checkpoint))
        }
    }

    private func rule(_ nanoseconds: UInt64?) throws -> CheckpointRule {
        guard let nanoseconds else { return .auto }
        if nanoseconds == 0 { return .off }
        return .every(.nanoseconds(try number(nanoseconds, "checkpoint_nanoseconds")))
    }

    private func checkpoint(_ unread: UnreadCheckpoint) throws -> Checkpoint {
        Checkpoint(
            digest: try digest(unread.digest), step: try number(unread.step, "step"),
            sizeInBytes: try number(unread.size, "size"))
    }

    private func read(
        _ bytes: UnsafeRawBufferPointer, _ checkpoint: inout UnreadCheckpoint
    ) throws {
        try readFields(bytes) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): checkpoint.digest = bytes
            case (2, .varint(let value)): checkpoint.step = value
            case (3, .varint(let value)): checkpoint.size = value
            default: break
            }
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
            case (6, .varint(let value)): one.checkpointNanoseconds = value
            case (7, .blob(let bytes)):
                var checkpoint = one.checkpoint ?? UnreadCheckpoint()
                try read(bytes, &checkpoint)
                one.checkpoint = checkpoint
            default: break
            }
        }
        return one
    }
}

extension CheckpointRule {
    /// As it is sent: nil for as often as costs little, 0 for never.
    fileprivate var nanoseconds: UInt64? {
        switch self {
        case .auto: nil
        case .off: 0
        case .every(let time):
            // None that a person says has parts of a nanosecond.
            UInt64(time.components.seconds) * 1_000_000_000
                + UInt64(time.components.attoseconds) / 1_000_000_000
        }
    }
}
