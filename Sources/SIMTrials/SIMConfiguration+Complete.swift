import NumericCore
import Sweeps

extension SIMConfiguration {
    var complete: Configuration {
        var complete = Configuration([
            "task.signal": .list(signal.map(Value.number)), "task.dimension": .integer(dimension),
            "task.samples": .integer(samples),
            "model.layers": .integer(layers), "model.bias": .flag(hasBias),
            "train.learning_rate": .number(learningRate),
            "train.batch_size": batchSize == pointCount ? .text("full") : .integer(batchSize),
            "measure.full_loss": .flag(extras.fullLoss), "measure.nodes": .flag(extras.nodes),
            "measure.jacobian": .flag(extras.jacobian),
        ])
        addData(to: &complete)
        addModel(to: &complete)
        addOptimizer(to: &complete)
        switch duration {
        case .epochs(let count): complete["train.epochs"] = .integer(count)
        case .steps(let count): complete["train.steps"] = .integer(count)
        }
        log.write(to: &complete)
        return complete
    }

    private func addData(to complete: inout Configuration) {
        if let dataFile {
            complete["data.file"] = .text(dataFile)
            return
        }
        complete["task.kind"] = .text(task.rawValue)
        complete["task.origin"] = .flag(hasOrigin)
        complete["task.rotation"] = .flag(isRotated)
        switch spread {
        case .variance(let values): complete["task.variance"] = .list(values.map(Value.number))
        case .deviation(let values): complete["task.deviation"] = .list(values.map(Value.number))
        }
    }

    private func addModel(to complete: inout Configuration) {
        if layers > 1 {
            complete["model.hidden"] = .integer(hidden)
            complete["model.activation"] = .text(isRectified ? "relu" : "none")
        }
        if let initialFile {
            complete["init.file"] = .text(initialFile)
            return
        }
        complete["model.initialization"] = .text(initialization.rawValue)
        complete["model.scale"] = .number(scale)
    }

    private func addOptimizer(to complete: inout Configuration) {
        switch rule {
        case .descent(let momentum, let decay):
            complete["train.optimizer"] = .text("sgd")
            complete["train.momentum"] = .number(momentum)
            complete["train.weight_decay"] = .number(decay)
        case .adam(let beta1, let beta2, let decay):
            complete["train.optimizer"] = .text("adam")
            complete["train.betas"] = .list([.number(beta1), .number(beta2)])
            complete["train.weight_decay"] = .number(decay)
        case .adamW(let beta1, let beta2, let decay):
            complete["train.optimizer"] = .text("adamw")
            complete["train.betas"] = .list([.number(beta1), .number(beta2)])
            complete["train.weight_decay"] = .number(decay)
        }
    }
}

extension Value {
    fileprivate static func integer(_ number: Int) -> Value { .number(Double(number)) }
}
