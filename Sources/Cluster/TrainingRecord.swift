import Foundation
import Sweeps

/// What a worker's process trains just now, in a file that outlives it however it dies: so its next
/// life can tell a fault of the process's own (a trap, a wild pointer) from a kill from outside, and
/// a trial that brings down its workers is set aside before it has brought down many.
///
/// The file is mapped: keeping it costs two stores a trial, and a signal handler can write to it.
/// It holds little-endian words of 64 bits: the signal that the process died of, then two a trial
/// (token and trial; attempt), zero where there is none.
///
/// Not thread-safe: it belongs to the worker's thread; only the signal handler and who holds a `Mark`
/// are let in.
final class TrainingRecord: @unchecked Sendable {  // see above
    struct Entry: Hashable {
        let token: LeaseToken
        let trial: TrialID
        let attempt: Int
    }

    /// More trials at once are not watched.
    private static let capacity = 1023
    private static let wordCount = 2 * (capacity + 1)

    private let words: UnsafeMutablePointer<UInt64>
    private var slotOfToken: [LeaseToken: Int] = [:]
    private var freeSlots = Array(1...capacity)

    /// - Throws: `ClusterError.spoolUnusable`.
    init(path: String) throws(ClusterError) {
        let size = Self.wordCount * MemoryLayout<UInt64>.stride
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, ftruncate(descriptor, size) == 0,
            let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            base != MAP_FAILED
        else {
            throw .spoolUnusable(path: path, why: String(cString: strerror(errno)))
        }
        words = base.bindMemory(to: UInt64.self, capacity: Self.wordCount)
    }

    deinit {
        if crashWord == words { crashWord = nil }
        munmap(words, Self.wordCount * MemoryLayout<UInt64>.stride)
    }

    /// What the last life died of and trained then; nil where it did not die of its own fault.
    var lastCrash: (signal: String, entries: [Entry])? {
        guard let signal = Self.faults.first(where: { UInt64($0.number) == words[0] }) else {
            return nil
        }
        let entries = (1...Self.capacity).compactMap { slot -> Entry? in
            let name = words[2 * slot]
            guard name != 0 else { return nil }
            return Entry(
                token: LeaseToken(UInt32(truncatingIfNeeded: name >> 32)),
                trial: TrialID(UInt32(truncatingIfNeeded: name)),
                attempt: Int(words[2 * slot + 1] & 0xffff_ffff))
        }
        return (signal.name, entries.sorted { $0.token < $1.token })
    }

    func clear() {
        words.update(repeating: 0, count: Self.wordCount)
    }

    /// A trial's place in the record, which the thread that trains it writes: of a unit of trials
    /// only those are to blame that had begun.
    struct Mark: @unchecked Sendable {  // nobody else has the place until it is removed
        fileprivate let record: TrainingRecord
        fileprivate let slot: Int

        func begin(_ lease: Lease) {
            let words = record.words
            words[2 * slot + 1] = UInt64(lease.attempt)
            words[2 * slot] = UInt64(lease.token.rawValue) << 32 | UInt64(lease.trial.rawValue)
        }

        func end() {
            record.words[2 * slot] = 0
        }
    }

    /// - Returns: nil where there is no place left.
    func reserve(_ lease: Lease) -> Mark? {
        guard let slot = freeSlots.popLast() else { return nil }
        slotOfToken[lease.token] = slot
        return Mark(record: self, slot: slot)
    }

    func remove(_ token: LeaseToken) {
        guard let slot = slotOfToken.removeValue(forKey: token) else { return }
        words[2 * slot] = 0
        freeSlots.append(slot)
    }

    // MARK: Signals

    private static let faults: [(number: Int32, name: String)] = [
        (SIGSEGV, "SIGSEGV"), (SIGBUS, "SIGBUS"), (SIGILL, "SIGILL"), (SIGTRAP, "SIGTRAP"),
        (SIGFPE, "SIGFPE"), (SIGABRT, "SIGABRT"),
    ]

    /// From now on a fault of this process is noted here before the process dies of it. A stack that
    /// overflows has no room for the handler: such a death looks like one from outside.
    func watchFaults() {
        crashWord = words
        for (number, _) in Self.faults {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                crashWord?.pointee = UInt64(signal)
                raise(signal)
            }
            // The signal raised comes when the handler has returned, and then kills the process.
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
    }
}

/// Where the signal handler notes a fault; a handler may touch nothing but such a word.
private nonisolated(unsafe) var crashWord: UnsafeMutablePointer<UInt64>?  // set before the handler
