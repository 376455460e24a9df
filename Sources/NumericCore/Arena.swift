internal import CVec
internal import Glibc

/// Zeroed memory for floats, allocated once and handed out in pieces that start at 64 bytes.
///
/// Whoever holds a piece holds the arena; nothing is allocated between a trial's first and last
/// step.
public final class Arena {
    private let memory: UnsafeMutableBufferPointer<Float>
    private var used = 0
    /// Bytes of the larger of Linux's two sizes of pages.
    private static let hugePage = 1 << 21

    /// - Parameter floatCount: What will be handed out in all, each piece rounded up by `padded`.
    public init(floatCount: Int) {
        let byteCount = max(floatCount, 16) * MemoryLayout<Float>.stride
        let isLarge = byteCount >= 2 * Self.hugePage
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: byteCount, alignment: isLarge ? Self.hugePage : 64)
        if isLarge {
            // A wish: kernels that walk through many places at once look up fewer pages.
            madvise(bytes.baseAddress, byteCount, MADV_HUGEPAGE)
        }
        memory = bytes.bindMemory(to: Float.self)
        memory.initialize(repeating: 0)
    }

    deinit {
        memory.deallocate()
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

/// Has a process that trains trial after trial hold what they need at most once, not once a thread.
///
/// Call it before threads start. For programs whose threads seldom allocate, as those that train do.
public func useOneHeap() { cvec_use_one_heap() }

/// `count` rounded up to whole panels.
public func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
