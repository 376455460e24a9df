internal import Coordination
internal import Sweeps

/// RESULT, written and read by hand.
///
/// What is the same in many results, their layout, is sent once; their numbers go as the store keeps
/// them, so that the coordinator passes them on unread.
extension MessageType {
    /// - Precondition: All are of one worker.
    func resultsBody(_ ended: [EndedAttempt]) throws -> [UInt8] {
        var layouts: [ResultLayout] = []
        var writer = ProtoWriter()
        for one in try list(ended) {
            precondition(one.lease.worker == ended[0].lease.worker, "two workers in one RESULT")
            writer.message(1) { writer in
                writer.lease(1, one.lease)
                switch one.end {
                case .result(let result):
                    let layout = Self.place(of: result.layout, in: &layouts)
                    writer.message(2) { writer in
                        if case .diverged(let step) = result.outcome {
                            writer.optionalNumber(1, UInt64(step))
                        }
                        result.digest.withBytes { writer.blob(2, $0) }
                        writer.number(3, UInt32(layout))
                        writer.blob(4, result.data)
                    }
                case .error(let text): writer.chosenText(3, Self.cutText(text))
                case .crash(let text): writer.chosenText(4, Self.cutText(text))
                case .file(let digest): digest.withBytes { writer.blob(5, $0) }
                }
            }
        }
        if let first = ended.first { writer.text(2, first.lease.worker.rawValue) }
        for layout in layouts { try write(layout, to: &writer) }
        return writer.bytes
    }

    private static func place(
        of layout: ResultLayout, in layouts: inout [ResultLayout]
    ) -> Int {
        // Mostly it is that of the last one.
        if let place = layouts.lastIndex(of: layout) { return place }
        layouts.append(layout)
        return layouts.count - 1
    }

    private func write(_ layout: ResultLayout, to writer: inout ProtoWriter) throws {
        let scalars = try list(layout.scalars).map(name)
        let curves = try list(layout.curves).map { (try name($0.name), $0) }
        let arrays = try list(layout.arrays).map { (try name($0.name), $0) }
        writer.message(3) { writer in
            for scalar in scalars { writer.text(1, scalar) }
            for (name, curve) in curves {
                writer.message(2) { writer in
                    writer.text(1, name)
                    writer.blob(2, curve.steps)
                    writer.number(3, curve.type == .float ? 1 as UInt8 : 2)
                }
            }
            for (name, array) in arrays {
                writer.message(3) { writer in
                    writer.text(1, name)
                    writer.blob(2, array.steps)
                    writer.blob(3, array.shape.map { UInt32(truncatingIfNeeded: $0) })
                }
            }
        }
    }

    /// A result as it comes, before the worker and the layouts are known.
    private struct Unread {
        var lease = UnreadLease()
        var end: End?

        enum End {
            case result(Numbers)
            case error(String)
            case crash(String)
            case file(UnsafeRawBufferPointer)
        }

        struct Numbers {
            var divergedStep: UInt64?
            var digest = UnsafeRawBufferPointer(start: nil, count: 0)
            var layout: UInt32 = 0
            var data = UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    /// - Throws: `CodecError`.
    func results(_ body: UnsafeRawBufferPointer) throws -> [EndedAttempt] {
        var unread: [Unread] = []
        var layouts: [ResultLayout] = []
        var worker = ""
        try readFields(body) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): unread.append(try self.unread(bytes))
            case (2, .blob(let bytes)): worker = try text(utf8: bytes)
            case (3, .blob(let bytes)): layouts.append(try layout(bytes))
            default: break
            }
        }
        _ = try list(layouts)
        guard !unread.isEmpty else { return [] }
        let id = try self.worker(worker)
        return try list(unread).map { one in
            EndedAttempt(
                try lease(one.lease, of: id),
                try attemptEnd(one.end, layouts))
        }
    }

    private func unread(_ bytes: UnsafeRawBufferPointer) throws -> Unread {
        var one = Unread()
        try readFields(bytes) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): try read(bytes, &one.lease)
            case (2, .blob(let bytes)):
                var numbers = Unread.Numbers()
                if case .result(let earlier)? = one.end { numbers = earlier }
                try read(bytes, &numbers)
                one.end = .result(numbers)
            case (3, .blob(let bytes)): one.end = .error(try text(utf8: bytes))
            case (4, .blob(let bytes)): one.end = .crash(try text(utf8: bytes))
            case (5, .blob(let bytes)): one.end = .file(bytes)
            default: break
            }
        }
        return one
    }

    private func read(_ bytes: UnsafeRawBufferPointer, _ numbers: inout Unread.Numbers) throws {
        try readFields(bytes) { field in
            switch (field.number, field.value) {
            case (1, .varint(let value)): numbers.divergedStep = value
            case (2, .blob(let bytes)): numbers.digest = bytes
            case (3, .varint(let value)): numbers.layout = UInt32(truncatingIfNeeded: value)
            case (4, .blob(let bytes)): numbers.data = bytes
            default: break
            }
        }
    }

    private func attemptEnd(
        _ end: Unread.End?, _ layouts: [ResultLayout]
    ) throws -> AttemptEnd {
        switch end {
        case .error(let text): return .error(try self.text(text))
        case .crash(let text): return .crash(try self.text(text))
        case .file(let digest): return .file(try self.digest(digest))
        case .result(let numbers):
            guard Int(numbers.layout) < layouts.count else {
                throw CodecError.body(
                    self, "layout \(numbers.layout) of \(layouts.count); they count from 0")
            }
            let outcome = try numbers.divergedStep.map {
                Outcome.diverged(step: try number($0, "diverged_step"))
            }
            let result = TrialResult(
                outcome: outcome ?? .finished, digest: try digest(numbers.digest),
                layout: layouts[Int(numbers.layout)], data: Array(numbers.data))
            guard let result else {
                throw CodecError.body(
                    self,
                    "numbers of \(numbers.data.count) bytes; their layout has "
                        + "\(layouts[Int(numbers.layout)].sizeInBytes)")
            }
            return .result(result)
        case nil:
            throw CodecError.body(self, "neither a result nor an error nor a crash")
        }
    }

    private func layout(_ bytes: UnsafeRawBufferPointer) throws -> ResultLayout {
        var scalars: [String] = []
        var curves: [ResultLayout.CurveLayout] = []
        var arrays: [ResultLayout.ArrayLayout] = []
        try readFields(bytes) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): scalars.append(try name(text(utf8: bytes)))
            case (2, .blob(let bytes)): curves.append(try curve(bytes))
            case (3, .blob(let bytes)): arrays.append(try array(bytes))
            default: break
            }
        }
        return ResultLayout(
            scalars: try list(scalars), curves: try list(curves), arrays: try list(arrays))
    }

    private func array(_ bytes: UnsafeRawBufferPointer) throws -> ResultLayout.ArrayLayout {
        var name = ""
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        var (steps, shape) = (none, none)
        try readFields(bytes) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): name = try text(utf8: bytes)
            case (2, .blob(let bytes)): steps = bytes
            case (3, .blob(let bytes)): shape = bytes
            default: break
            }
        }
        name = try self.name(name)
        let layout = ResultLayout.ArrayLayout(
            name: name, steps: try words(steps, of: name),
            shape: try words(shape, of: name).map { Int($0) })
        guard let layout else { throw CodecError.body(self, "\(name) is larger than any memory") }
        return layout
    }

    private func curve(_ bytes: UnsafeRawBufferPointer) throws -> ResultLayout.CurveLayout {
        var name = ""
        var steps = UnsafeRawBufferPointer(start: nil, count: 0)
        var type: UInt64 = 0
        try readFields(bytes) { field in
            switch (field.number, field.value) {
            case (1, .blob(let bytes)): name = try text(utf8: bytes)
            case (2, .blob(let bytes)): steps = bytes
            case (3, .varint(let value)): type = value
            default: break
            }
        }
        name = try self.name(name)
        guard let valueType = [1: ResultLayout.ValueType.float, 2: .double][type] else {
            throw CodecError.body(self, "\(name) has no known value type")
        }
        return ResultLayout.CurveLayout(
            name: name, steps: try words(steps, of: name), type: valueType)
    }

    private func words(_ bytes: UnsafeRawBufferPointer, of name: String) throws -> [UInt32] {
        try require(
            bytes.count.isMultiple(of: 4),
            "numbers of \(name) have \(bytes.count) bytes, 4 each")
        return [UInt32](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
            count = bytes.count / 4
        }
    }
}
