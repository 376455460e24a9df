import Dispatch

/// Calls `body` for each block of `0..<count`, on up to `threads` of Dispatch's threads.
///
/// The blocks depend on `size` alone: what writes only what belongs to its block gives the same
/// bits on any number of threads. Block `i` falls to thread `i % threads`.
public func forEachBlock(
    of count: Int, size: Int, threads: Int, body: (Range<Int>) -> Void
) {
    let blockCount = (count + size - 1) / size
    let lanes = max(1, min(threads, blockCount))
    guard lanes > 1 else {
        for start in stride(from: 0, to: count, by: size) {
            body(start..<min(count, start + size))
        }
        return
    }
    withoutActuallyEscaping(body) { body in
        // Unsafe, since the compiler cannot see that `body` writes only what belongs to its block.
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: lanes) { lane in
            for block in stride(from: lane, to: blockCount, by: lanes) {
                body(block * size..<min(count, (block + 1) * size))
            }
        }
    }
}

/// Runs `body` on Dispatch's threads, not on Swift's own few, which must never be held up.
///
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
public func compute<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Result(catching: body))
        }
    }
}
