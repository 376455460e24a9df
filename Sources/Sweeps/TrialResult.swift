/// How a trial ended that has a result; a failed trial has none.
public enum Outcome: Hashable, Sendable, CustomStringConvertible {
    case finished
    /// A value left the finite numbers at this step: a result like any other, shown apart.
    case diverged(step: Int)

    public var description: String {
        switch self {
        case .finished: "finished"
        case .diverged: "diverged"
        }
    }
}

/// A metric over a trial's course. Step 0 is the start, step t is after t updates.
public struct Curve: Hashable, Sendable {
    public let name: String
    public let steps: [UInt32]
    /// As many as `steps`.
    public let values: [Double]

    public init(name: String, steps: [UInt32], values: [Double]) {
        precondition(steps.count == values.count, "\(steps.count) steps, \(values.count) values")
        self.name = name
        self.steps = steps
        self.values = values
    }
}

/// A single number that a trial yields; nil is an event that never came.
public struct Scalar: Hashable, Sendable {
    public let name: String
    public let value: Double?

    public init(name: String, value: Double?) {
        self.name = name
        self.value = value
    }
}

/// What a trial yields.
///
/// Its numbers are packed when it is made, as they are sent and stored, and unpacked for who asks
/// for them: who only passes a result on never reads it. Equal results have equal bits.
public struct TrialResult: Hashable, Sendable {
    public let outcome: Outcome
    /// SHA-256 over outcome, every logged value, every scalar, the final weights and every array.
    public let digest: Digest256
    public let layout: ResultLayout
    /// As `layout` says.
    public let data: [UInt8]

    /// - Parameters:
    ///   - curves: In the order in which the kind declares them.
    ///   - scalars: Likewise.
    ///   - arrays: Likewise.
    public init(
        outcome: Outcome, digest: Digest256, curves: [Curve], scalars: [Scalar],
        arrays: [TrialArray] = []
    ) {
        self.outcome = outcome
        self.digest = digest
        let layout = ResultLayout(
            scalars: scalars.map(\.name), curves: curves.map(ResultLayout.CurveLayout.init),
            arrays: arrays.map(ResultLayout.ArrayLayout.init))
        self.layout = layout
        data = [UInt8](unsafeUninitializedCapacity: layout.sizeInBytes) { bytes, count in
            for scalar in scalars {
                Self.append(PackedScalar.bits(of: scalar.value), to: bytes, &count)
            }
            for (curve, form) in zip(curves, layout.curves) {
                for value in curve.values {
                    if form.type == .float {
                        Self.append(Float(value), to: bytes, &count)
                    } else {
                        Self.append(value, to: bytes, &count)
                    }
                }
            }
            for array in arrays {
                for byte in array.bytes { Self.append(byte, to: bytes, &count) }
            }
        }
    }

    /// What a trial yields, with the digest of it.
    ///
    /// - Parameter weights: The final weights, which are not kept, but belong to the digest.
    public init(
        outcome: Outcome, curves: [Curve], scalars: [Scalar], weights: [Tensor],
        arrays: [TrialArray] = []
    ) {
        self.init(
            outcome: outcome,
            digest: ResultDigest.digest(
                outcome: outcome, curves: curves, scalars: scalars, weights: weights,
                arrays: arrays),
            curves: curves, scalars: scalars, arrays: arrays)
    }

    /// A result as it was packed.
    ///
    /// - Returns: nil unless there are as many bytes as the layout says.
    public init?(outcome: Outcome, digest: Digest256, layout: ResultLayout, data: [UInt8]) {
        guard data.count == layout.sizeInBytes else { return nil }
        self.outcome = outcome
        self.digest = digest
        self.layout = layout
        self.data = data
    }

    private static func append(
        _ number: some BitwiseCopyable, to bytes: UnsafeMutableBufferPointer<UInt8>,
        _ count: inout Int
    ) {
        let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(bytes)[count...])
        rest.storeBytes(of: number, as: type(of: number))
        count += MemoryLayout.size(ofValue: number)
    }

    public var curves: [Curve] { layout.curves.indices.map(curve) }

    public var scalars: [Scalar] {
        layout.scalars.indices.map { Scalar(name: layout.scalars[$0], value: scalar($0)) }
    }

    public var arrays: [TrialArray] { layout.arrays.indices.map(array) }

    public func array(_ name: String) -> TrialArray? {
        layout.arrays.firstIndex { $0.name == name }.map(array)
    }

    /// A curve that was measured, or one that is made of such.
    public func curve(_ name: String) -> Curve? {
        layout.curves.firstIndex { $0.name == name }.map(curve)
            ?? CurveSpeed(name)?.curve(of: self)
    }

    /// - Returns: nil where the trial has no such scalar; `.some(nil)` where its event never came.
    public func scalar(_ name: String) -> Double?? {
        layout.scalars.firstIndex(of: name).map(scalar)
    }

    private func curve(_ index: Int) -> Curve {
        let form = layout.curves[index]
        let offset = layout.offset(ofCurve: index)
        let values = data.withUnsafeBytes { bytes in
            form.steps.indices.map { i in
                let place = offset + i * form.type.sizeInBytes
                return form.type == .float
                    ? Double(bytes.loadUnaligned(fromByteOffset: place, as: Float.self))
                    : bytes.loadUnaligned(fromByteOffset: place, as: Double.self)
            }
        }
        return Curve(name: form.name, steps: form.steps, values: values)
    }

    private func array(_ index: Int) -> TrialArray {
        let form = layout.arrays[index]
        let offset = layout.offset(ofArray: index)
        return TrialArray(
            name: form.name, steps: form.steps, shape: form.shape,
            bytes: Array(data[offset..<offset + form.sizeInBytes]))
    }

    private func scalar(_ index: Int) -> Double? {
        data.withUnsafeBytes { bytes in
            PackedScalar.value(of: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
    }
}
