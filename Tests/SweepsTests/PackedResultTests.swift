import Testing

@testable import Sweeps

@Suite("A packed result")
struct PackedResultTests {
    private func result(curves: [Curve] = [], scalars: [Scalar] = []) -> TrialResult {
        TrialResult(
            outcome: .finished, digest: Digest256(hashing: [1]), curves: curves, scalars: scalars)
    }

    private func curve(_ name: String, _ values: [Double]) -> Curve {
        Curve(name: name, steps: values.indices.map { UInt32(10 * $0) }, values: values)
    }

    @Test("keeps every bit of its curves, in four bytes where they suffice")
    func curves() throws {
        let narrow: [Double] = [0, -0.0, 1, 0.5, -1.25, .infinity, -.infinity, .nan]
        let wide: [Double] = [0.1, 1e300, .leastNonzeroMagnitude, 16_777_217, .pi, .signalingNaN]
        let all = result(
            curves: [curve("a", narrow), curve("b", []), curve("c", narrow + wide)],
            scalars: [Scalar(name: "s", value: 1)])
        #expect(all.layout.curves.map(\.type) == [.float, .float, .double])
        #expect(all.data.count == 8 + 4 * narrow.count + 8 * (narrow + wide).count)
        for (name, values) in [("a", narrow), ("b", []), ("c", narrow + wide)] {
            let back = try #require(all.curve(name))
            #expect(back.values.map(\.bitPattern) == values.map(\.bitPattern), "\(name)")
            #expect(back.steps == values.indices.map { UInt32(10 * $0) })
        }
        #expect(all.curves.map(\.name) == ["a", "b", "c"])
        for value in wide {
            let mixed = result(curves: [curve("x", narrow + [value])])
            #expect(mixed.layout.curves[0].type == .double, "\(value)")
        }
    }

    @Test("tells a scalar that is not a number from an event that never came")
    func scalars() {
        let values: [Double?] = [0.1, nil, .nan, -.infinity, -0.0]
        let packed = result(scalars: values.enumerated().map { Scalar(name: "\($0)", value: $1) })
        #expect(packed.scalars.map { $0.value?.bitPattern } == values.map { $0?.bitPattern })
        #expect(packed.scalar("1") == .some(nil))
        #expect(packed.scalar("9") == Double??.none)
        // The NaN that stands for an event that never came is no number's.
        let odd = result(scalars: [Scalar(name: "s", value: Double(bitPattern: PackedScalar.never))]
        )
        #expect(odd.scalar("s")??.isNaN == true)
    }

    @Test("keeps arrays byte by byte, after all numbers")
    func arrays() throws {
        let array = TrialArray(
            name: "sample/11", steps: [3, 9], shape: [1, 2, 3], bytes: Array(0..<12))
        let packed = TrialResult(
            outcome: .finished, digest: Digest256(hashing: [1]), curves: [curve("c", [1])],
            scalars: [Scalar(name: "s", value: 1)], arrays: [array])
        #expect(packed.data.suffix(12) == array.bytes[...])
        #expect(packed.data.count == 8 + 4 + 12 && packed.layout.sizeInBytes == 24)
        #expect(packed.arrays == [array])
        #expect(packed.array("sample/11")?.bytes(at: 1) == [6, 7, 8, 9, 10, 11])
        #expect(packed.array("c") == nil)
    }

    @Test(
        "has no array that no memory could hold",
        arguments: [[-1], [1 << 62, 4], [1 << 41]])
    func hugeArray(shape: [Int]) {
        #expect(ResultLayout.ArrayLayout(name: "a", steps: [1], shape: shape) == nil)
    }

    @Test("is little-endian, as NumPy's types say")
    func bytes() {
        let packed = result(
            curves: [curve("f", [1]), curve("d", [0.1])], scalars: [Scalar(name: "s", value: 1)])
        #expect(
            packed.data == [
                0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0x80, 0x3F,
                0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F,
            ])
    }

    @Test("has as many bytes as its layout says")
    func size() {
        let whole = result(curves: [curve("c", [1, 2])])
        #expect(
            TrialResult(
                outcome: whole.outcome, digest: whole.digest, layout: whole.layout,
                data: whole.data) == whole)
        #expect(
            TrialResult(
                outcome: whole.outcome, digest: whole.digest, layout: whole.layout,
                data: whole.data.dropLast()) == nil)
    }

    @Test("of a cell and a seed has the identity of its spec")
    func cells() throws {
        let configuration = Configuration([
            "a": .text(",\"version\":7}"), "b": .number(0.1), "c": .list([.flag(true)]),
        ])
        for seed in [0, 1, UInt64.max, 0x0123_4567_89AB_CDEF] {
            let spec = TrialSpec(kind: "sim", version: 3, configuration: configuration, seed: seed)
            let cell = try #require(CellText(bytes: spec.cellText.bytes))
            #expect(cell == spec.cellText)
            #expect(cell.specText(seed: seed) == Array(spec.canonicalText.utf8))
            #expect(cell.identity(seed: seed) == spec.identity)
            #expect(try cell.spec(seed: seed) == spec)
            #expect(cell.seed(ofSpec: cell.specText(seed: seed)) == seed)
            for place in cell.specText(seed: seed).indices {
                var other = cell.specText(seed: seed)
                other[place] = UInt8(ascii: "?")
                #expect(cell.seed(ofSpec: other) == nil, "\(place)")
            }
        }
        #expect(CellText(bytes: Array("{}".utf8)) == nil)
    }
}
