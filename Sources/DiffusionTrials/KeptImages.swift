import Sweeps

/// The images of each class that stay with a trial's result, a byte a channel.
struct KeptImages {
    private let task: ImageTask
    /// Of each class at each checkpoint.
    private let each: Int
    private var steps: [UInt32] = []
    /// Of each class, checkpoint by checkpoint.
    private var bytes: [[UInt8]]

    init(_ task: ImageTask, each: Int) {
        self.task = task
        self.each = each
        bytes = task.classes.map { _ in [] }
    }

    /// Keeps the first of some images.
    ///
    /// - Parameter drawn: Of each class, shape `[count, size, size, channels]`; clipped to [0, 1].
    /// - Precondition: All numbers are finite.
    mutating func add(_ step: Int, _ drawn: [[Float]]) {
        guard each > 0 else { return }
        steps.append(UInt32(step))
        for (i, images) in drawn.enumerated() {
            bytes[i] += images.prefix(each * task.pixelCount).map(\.byte)
        }
    }

    /// As a checkpoint has it.
    var state: [Tensor] {
        guard !steps.isEmpty else { return [] }
        return zip(task.classes, bytes).map { member, bytes in
            Tensor("kept/\(member)", shape: [bytes.count], .float(bytes.map(Float.init)))
        }
    }

    /// Images are kept whenever the OOD loss is logged.
    mutating func restore(_ state: TrainingState) throws(CheckpointError) {
        let logged = state.curves.first { $0.name == "ood_loss" }?.steps ?? []
        guard each > 0, !logged.isEmpty else { return }
        for (i, member) in task.classes.enumerated() {
            bytes[i] = try state.floats(
                "kept/\(member)", count: logged.count * each * task.pixelCount
            ).map(\.shade)
        }
        steps = logged
    }

    var arrays: [TrialArray] {
        guard each > 0 else { return [] }
        return zip(task.classes, bytes).map { member, bytes in
            TrialArray(
                name: "sample/\(member)", steps: steps,
                shape: [each, task.size, task.size, ImageTask.channels], bytes: bytes)
        }
    }
}

extension DiffusionConfiguration {
    var keptArrays: [TrialArray.Declaration] {
        guard role == .generator, sampling.kept > 0 else { return [] }
        return images.classes.map { .init("sample/\($0)", words: images.words(for: $0)) }
    }
}

extension ImageTask {
    /// What people call the values of a class.
    func words(for member: ConceptClass) -> [String] {
        zip(concepts, member.values).map { $0.word(for: $1) }
    }
}

extension Float {
    /// The byte that a checkpoint has as this number.
    fileprivate var shade: UInt8 { UInt8(min(max(self, 0), 255)) }

    /// 0 for what is dark, 255 for what is light.
    var byte: UInt8 { UInt8((255 * min(max(self, 0), 1)).rounded()) }
}
