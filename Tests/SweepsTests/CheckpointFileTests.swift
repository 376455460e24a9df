import Testing

@testable import Sweeps

@Suite("A trial's state as a file")
struct CheckpointFileTests {
    private static let spec = TrialSpec(
        kind: "toy", version: 2, configuration: Configuration(["a": .number(1)]), seed: 7)
    private static let state = TrainingState(
        step: 12, layout: "rows",
        tensors: [
            Tensor("values", shape: [3], .float([1, -0.0, 0x1p-140])),
            Tensor("counts", shape: [2], .double([0.1, 1e300])),
            Tensor("averages", shape: [0], .float([])),
        ],
        curves: [
            Curve(name: "loss", steps: [0, .max], values: [0.1, -5]),
            Curve(name: "concept/color", steps: [], values: []),
        ],
        arrays: [
            TrialArray(
                name: "sample/11", steps: [4, 9], shape: [1, 3], bytes: [1, 2, 3, 4, 5, 6])
        ])

    @Test("comes back to the bit, curves and arrays too")
    func roundTrip() throws {
        let bytes = CheckpointFile.bytes(of: Self.state, of: Self.spec)
        let back = try CheckpointFile.state(in: bytes, of: Self.spec)
        #expect(back.step == 12 && back.layout == "rows")
        #expect(Set(back.tensors) == Set(Self.state.tensors))
        #expect(Set(back.curves) == Set(Self.state.curves))
        #expect(back.arrays == Self.state.arrays)
        #expect(
            try back.floats("values", count: 3).map(\.bitPattern)
                == [1, -0.0, 0x1p-140].map { (x: Float) in x.bitPattern })
        #expect(try back.doubles("counts", count: 2) == [0.1, 1e300])
        #expect(throws: CheckpointError.lacks("values")) { try back.floats("values", count: 4) }
        #expect(throws: CheckpointError.lacks("counts")) { try back.floats("counts", count: 2) }
        #expect(throws: CheckpointError.layout) { try back.expect(layout: "columns") }
    }

    @Test("of another trial, kind or version, or of no trial, is refused with the reason")
    func others() throws {
        let bytes = CheckpointFile.bytes(of: Self.state, of: Self.spec)
        let others: [(TrialSpec, CheckpointError)] = [
            (Self.spec.with(seed: 8), .otherTrial),
            (
                TrialSpec(
                    kind: "toy", version: 3, configuration: Self.spec.configuration, seed: 7),
                .otherKind("toy version 2")
            ),
        ]
        for (spec, error) in others {
            #expect(throws: error) { try CheckpointFile.state(in: bytes, of: spec) }
        }
        let plain = Safetensors.bytes(of: Self.state.tensors)
        #expect(throws: CheckpointError.noCheckpoint) {
            try CheckpointFile.state(in: plain, of: Self.spec)
        }
        let odd = TrainingState(
            step: 12, layout: "rows",
            tensors: [Tensor("values", shape: [2], .float([1, .nan]))], curves: [])
        #expect(throws: CheckpointError.notFinite("values")) {
            try CheckpointFile.state(
                in: CheckpointFile.bytes(of: odd, of: Self.spec), of: Self.spec)
        }
    }

    @Test("that was cut short anywhere is refused")
    func truncated() throws {
        let bytes = CheckpointFile.bytes(of: Self.state, of: Self.spec)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: CheckpointError.self, "\(count) bytes") {
                try CheckpointFile.state(in: Array(bytes[..<count]), of: Self.spec)
            }
        }
    }
}
