import Sweeps

extension DiffusionConfiguration {
    /// The complete configuration: what the tier says is written out, only keys that apply.
    var complete: Configuration {
        var complete = Configuration([
            "task.kind": .text(role.rawValue),
            "data.concepts": .text(images.concepts.map(\.rawValue).joined(separator: "-")),
            "data.size": .integer(images.size), "data.samples": .integer(samples),
            "data.radius": .number(images.radius), "data.blur": .number(images.blur),
            "model.channels": .list(shape.channels.map(Value.integer)),
            "model.blocks": .integer(shape.blocks), "model.attention": .flag(shape.heads > 0),
            "model.groups": .integer(shape.style.groups),
            "model.dropout": .number(shape.style.dropout),
            "model.scale": .number(shape.startScale),
            "train.steps": .integer(training.steps),
            "train.batch_size": .integer(training.batchSize),
            "train.learning_rate": .number(training.learningRate),
            "train.weight_decay": .number(training.weightDecay),
            "train.betas": .list(training.betas.map(Value.number)),
            "train.clip": .number(training.clip ?? 0),
            "train.average": .number(training.average ?? 0),
            "log.every": .integer(logInterval),
        ])
        if images.concepts.contains(.background) {
            complete["data.background_separation"] = .number(images.backgroundSeparation)
        }
        switch role {
        case .classifier:
            complete["data.empty"] = .number(emptyShare)
            complete["train.noise"] = .number(training.noise)
        case .generator: addGenerator(to: &complete)
        }
        return complete
    }

    private func addGenerator(to complete: inout Configuration) {
        complete["data.color_separation"] = .number(images.colorSeparation)
        complete["data.size_separation"] = .number(images.sizeSeparation)
        complete["model.time_width"] = .integer(shape.timeWidth)
        complete["train.loss"] = .text(training.loss.rawValue)
        if training.loss == .variational {
            complete["train.schedule"] = .text(training.isScheduleLearned ? "learned" : "frozen")
        }
        if training.isScheduleLearned, training.clip != nil {
            complete["train.clip_scope"] = .text(training.clipScope.rawValue)
        }
        complete["train.condition_dropout"] = .number(training.conditionDropout)
        complete["sample.steps"] = .integer(sampling.steps)
        complete["sample.images"] = .integer(sampling.images)
        complete["sample.ood_images"] = .integer(sampling.oodImages)
        complete["sample.checkpoints"] = .integer(sampling.checkpoints)
        complete["sample.first_step"] = .integer(sampling.firstStep)
        complete["sample.guidance"] = .number(sampling.guidance)
        if sampling.kept > 0 { complete["sample.keep"] = .integer(sampling.kept) }
        if let probing {
            complete["probe.color_separations"] = .list(
                probing.colorSeparations.map(Value.number))
            if let size = probing.size { complete["probe.size"] = .number(size) }
            complete["probe.images"] = .integer(probing.images)
        }
        if let judgeFile { complete["judge.classifier"] = .text(judgeFile) }
    }
}

extension Value {
    fileprivate static func integer(_ number: Int) -> Value { .number(Double(number)) }
}
