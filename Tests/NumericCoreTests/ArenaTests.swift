import Foundation
import Testing

@testable import NumericCore

@Suite("An arena", .serialized)
struct ArenaTests {
    @Test("hands out zeroed pieces that start at 64 bytes")
    func pieces() {
        let arena = Arena(floatCount: 48)
        let pieces = [arena.floats(5), arena.floats(17)]
        for piece in pieces {
            #expect(UInt(bitPattern: piece) % 64 == 0)
            #expect((0..<16).allSatisfy { piece[$0] == 0 })
        }
        #expect(pieces[1] - pieces[0] == 16)
        #expect(arena.isUsedUp)
    }

    @Test(
        "is zeroed whatever lay there, and starts at 64 bytes",
        arguments: [16, 1 << 15 - 1, 1 << 15, 1 << 20, 1 << 20 + 1])
    func zeroed(count: Int) {
        for _ in 0..<3 {
            let arena = Arena(floatCount: padded(count))
            let floats = arena.span(count)
            #expect(withExtendedLifetime(arena) { (0..<count).allSatisfy { floats[$0] == 0 } })
            #expect(UInt(bitPattern: floats.base) % 64 == 0)
            #expect(arena.isUsedUp)
            withExtendedLifetime(arena) { floats.fill(1) }
        }
    }

    @Test("starts at a large page where it has several")
    func large() {
        let floats = Arena(floatCount: 1 << 20).span(1)
        #expect(UInt(bitPattern: floats.base) % (1 << 21) == 0)
    }

    /// The heap would keep what lies below the last arena, which lives on.
    @Test("of a megabyte gives it back at once")
    func givenBack() throws {
        // The heap's own choice of what to ask the system for depends on what was freed.
        fill(Arena(floatCount: 1 << 18))
        var arenas = (0..<128).map { _ in Arena(floatCount: 1 << 18) }
        arenas.forEach(fill)
        let before = try residentBytes()
        arenas.removeFirst(127)
        // Half of it: other tests run meanwhile.
        #expect(try before - residentBytes() > 64 << 20)
        withExtendedLifetime(arenas) {}
    }

    private func fill(_ arena: Arena) { arena.span(1 << 18).fill(1) }

    private func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
