internal import CVec
internal import Glibc

/// Zeroed memory for floats, allocated once and handed out in pieces that start at 64 bytes.
///
/// Whoever holds a piece holds the arena; nothing is allocated between a trial's first and last
/// step.
public final class Arena {
    private let memory: UnsafeMutableBufferPointer<Float>
    /// What the system has lent, where it is not the heap's; an arena of that size gives it back at
    /// once, while the heap would keep it.
    private let mapping: UnsafeMutableRawBufferPointer?
    private var used = 0
    /// Bytes of the larger of Linux's two sizes of pages.
    private static let hugePage = 1 << 21
    /// Bytes from which on memory comes from the system itself, which hands it out zeroed.
    private static let mappedSize = 1 << 17

    /// - Parameter floatCount: What will be handed out in all, each piece rounded up by `padded`.
    public init(floatCount: Int) {
        let byteCount = max(floatCount, 16) * MemoryLayout<Float>.stride
        if byteCount >= Self.mappedSize {
            let (mapping, bytes) = Self.mapped(byteCount: byteCount)
            self.mapping = mapping
            memory = bytes.bindMemory(to: Float.self)
        } else {
            mapping = nil
            memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
                .bindMemory(to: Float.self)
            memory.initialize(repeating: 0)
        }
    }

    deinit {
        if let mapping {
            munmap(mapping.baseAddress, mapping.count)
        } else {
            memory.deallocate()
        }
    }

    /// Zeroed pages, and of these what starts at a huge one where there are several.
    private static func mapped(
        byteCount: Int
    ) -> (all: UnsafeMutableRawBufferPointer, bytes: UnsafeMutableRawBufferPointer) {
        let isLarge = byteCount >= 2 * hugePage
        let mappedCount = isLarge ? byteCount + hugePage : byteCount
        let start = mmap(
            nil, mappedCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else {
            preconditionFailure("no memory for \(byteCount) bytes")
        }
        let all = UnsafeMutableRawBufferPointer(start: start, count: mappedCount)
        guard isLarge else { return (all, all) }
        let base = start.alignedUp(toMultipleOf: hugePage)
        // A wish: kernels that walk through many places at once look up fewer pages.
        madvise(base, byteCount, MADV_HUGEPAGE)
        return (all, UnsafeMutableRawBufferPointer(start: base, count: byteCount))
    }

    /// The next `count` floats.
    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let end = used + padded(count)
        guard end <= memory.count, let base = memory.baseAddress else {
            preconditionFailure("\(end) of \(memory.count) floats")
        }
        defer { used = end }
        return base + used
    }

    /// The next `count` floats, for use by other modules.
    public func span(_ count: Int) -> FloatSpan {
        FloatSpan(base: floats(count), count: count)
    }

    var isUsedUp: Bool { used == memory.count }
}

/// `count` rounded up to whole panels.
public func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
