/// A trial's state as a file: safetensors whose metadata say whose state it is.
///
/// Beside the kind's own tensors there are `curve/NAME/steps`, `curve/NAME/values` (F64),
/// `array/NAME/steps` (F64) and `array/NAME/bytes` (U8, a step's shape after the number of steps).
public enum CheckpointFile {
    private static let format = "swingby checkpoint 1"

    public static func bytes(of state: TrainingState, of spec: TrialSpec) -> [UInt8] {
        var tensors = state.tensors
        for curve in state.curves {
            tensors.append(steps(curve.steps, "curve/\(curve.name)"))
            tensors.append(
                Tensor(
                    "curve/\(curve.name)/values", shape: [curve.values.count],
                    .double(curve.values)))
        }
        for array in state.arrays { tensors.append(steps(array.steps, "array/\(array.name)")) }
        for array in state.arrays {
            tensors.append(
                Tensor(
                    "array/\(array.name)/bytes", shape: [array.steps.count] + array.shape,
                    .bytes(array.bytes)))
        }
        return Safetensors.bytes(
            of: tensors,
            metadata: [
                "format": format, "kind": spec.kind, "version": "\(spec.version)",
                "identity": "\(spec.identity)", "step": "\(state.step)", "layout": state.layout,
            ])
    }

    private static func steps(_ steps: [UInt32], _ name: String) -> Tensor {
        Tensor("\(name)/steps", shape: [steps.count], .double(steps.map(Double.init)))
    }

    /// Reads the state of a trial with this spec.
    public static func state(
        in bytes: [UInt8], of spec: TrialSpec
    ) throws(CheckpointError) -> TrainingState {
        let metadata: [String: String]
        let tensors: [Tensor]
        do {
            metadata = try Safetensors.metadata(of: bytes)
            tensors = try Safetensors.read(bytes)
        } catch {
            throw .file(error)
        }
        guard metadata["format"] == format, let kind = metadata["kind"],
            let version = metadata["version"], let layout = metadata["layout"],
            let step = metadata["step"].flatMap({ Int($0) }), step > 0
        else { throw .noCheckpoint }
        guard kind == spec.kind, version == "\(spec.version)" else {
            throw .otherKind("\(kind) version \(version)")
        }
        guard metadata["identity"] == "\(spec.identity)" else { throw .otherTrial }
        for tensor in tensors where !tensor.isFinite { throw .notFinite(tensor.name) }
        var reader = Reader(tensors)
        let curves = try reader.curves()
        let arrays = try reader.arrays()
        return TrainingState(
            step: step, layout: layout, tensors: reader.rest, curves: curves, arrays: arrays)
    }

    /// Tells the tensors apart.
    private struct Reader {
        private(set) var rest: [Tensor]

        init(_ tensors: [Tensor]) {
            rest = tensors
        }

        /// The names of what has such a tensor: `curve/NAME/values`.
        private func names(_ first: String, _ last: String) -> [String] {
            rest.map(\.name).filter { $0.hasPrefix(first + "/") && $0.hasSuffix("/" + last) }
                .map { String($0.dropFirst(first.count + 1).dropLast(last.count + 1)) }
        }

        private mutating func take(_ name: String) throws(CheckpointError) -> Tensor {
            guard let place = rest.firstIndex(where: { $0.name == name }) else {
                throw .lacks(name)
            }
            return rest.remove(at: place)
        }

        private mutating func steps(_ name: String) throws(CheckpointError) -> [UInt32] {
            guard case .double(let values) = try take(name + "/steps").values else {
                throw .lacks(name + "/steps")
            }
            let steps = values.compactMap { UInt32(exactly: $0) }
            guard steps.count == values.count else { throw .lacks(name + "/steps") }
            return steps
        }

        mutating func curves() throws(CheckpointError) -> [Curve] {
            var curves: [Curve] = []
            for name in names("curve", "values") {
                let steps = try steps("curve/\(name)")
                guard case .double(let values) = try take("curve/\(name)/values").values,
                    values.count == steps.count
                else { throw .lacks("curve/\(name)/values") }
                curves.append(Curve(name: name, steps: steps, values: values))
            }
            return curves
        }

        mutating func arrays() throws(CheckpointError) -> [TrialArray] {
            var arrays: [TrialArray] = []
            for name in names("array", "bytes") {
                let steps = try steps("array/\(name)")
                let tensor = try take("array/\(name)/bytes")
                guard case .bytes(let bytes) = tensor.values, tensor.shape.first == steps.count
                else { throw .lacks("array/\(name)/bytes") }
                arrays.append(
                    TrialArray(
                        name: name, steps: steps, shape: Array(tensor.shape.dropFirst()),
                        bytes: bytes))
            }
            return arrays
        }
    }
}

extension Tensor {
    fileprivate var isFinite: Bool {
        switch values {
        case .float(let values): values.allSatisfy(\.isFinite)
        case .double(let values): values.allSatisfy(\.isFinite)
        case .bytes: true
        }
    }
}

/// Why a trial cannot go on from a state.
public enum CheckpointError: Error, Hashable, Sendable {
    case file(SafetensorsError)
    /// Safetensors, and no state of a trial.
    case noCheckpoint
    case otherKind(String)
    case otherTrial
    case notFinite(String)
    case lacks(String)
    case layout
}

extension CheckpointError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .noCheckpoint: "a safetensors file that is no checkpoint"
        case .otherKind(let kind): "a checkpoint of \(kind.visible), which has other bits"
        case .otherTrial: "another trial's checkpoint"
        case .notFinite(let name): "'\(name.visible)' has numbers that are not finite"
        case .lacks(let name): "it has no '\(name.visible)' as it should be"
        case .layout: "its numbers lie in another order than this program has them in"
        }
    }
}
