import Sweeps

/// How much a diffusion trial costs: the defaults of all other keys.
enum Tier: String, Hashable, Sendable, CaseIterable {
    /// Seconds: shows that everything runs, and learns no concept.
    case t0 = "T0"
    /// Minutes a trial on a core.
    case t1 = "T1"
    /// The paper's own sizes.
    case t2 = "T2"

    /// The defaults that differ from the paper's.
    ///
    /// - Parameter role: What the trial trains.
    func defaults(_ role: DiffusionConfiguration.Role) -> [String: Value] {
        var values = shared
        if role == .classifier { values.merge(classifier) { $1 } }
        return values
    }

    private var shared: [String: Value] {
        let paper: [String: Value] = [
            "data.size": 32, "data.blur": 1, "data.radius": 0.45, "data.samples": 2048,
            "model.channels": [64, 128, 256], "model.blocks": 2, "model.attention": true,
            "model.groups": 8, "model.time_width": 256, "model.dropout": 0.1,
            "train.steps": 20_000, "train.batch_size": 64, "train.learning_rate": 0.001,
            "train.schedule": "learned",
            "train.clip": 0.01, "train.clip_scope": "all", "train.average": 0,
            "sample.steps": 50, "sample.images": 32, "sample.ood_images": 32,
            "sample.checkpoints": 60,
            "sample.first_step": 500, "data.empty": 0, "train.noise": 0,
        ]
        switch self {
        case .t2: return paper
        case .t1:
            return paper.merging([
                "data.size": 16, "data.blur": 0.5, "data.radius": 0.55,
                "model.channels": [16, 32, 64],
                "model.blocks": 1, "model.attention": false, "model.time_width": 64,
                "train.steps": 5000,
                "train.batch_size": 32, "train.learning_rate": 0.003, "train.average": 0.99,
                "sample.checkpoints": 20,
                "sample.first_step": 250,
            ]) { $1 }
        case .t0:
            return paper.merging([
                "data.size": 16, "data.blur": 0.5, "data.samples": 64,
                "model.channels": [16, 16, 32], "model.blocks": 1, "model.attention": false,
                "model.time_width": 32,
                "train.steps": 40, "train.batch_size": 16, "train.schedule": "frozen",
                "train.clip": 0, "train.average": 0.9, "sample.steps": 4, "sample.images": 4,
                "sample.ood_images": 4,
                "sample.checkpoints": 3, "sample.first_step": 10,
            ]) { $1 }
        }
    }

    private var classifier: [String: Value] {
        let paper: [String: Value] = [
            "model.channels": [32, 32, 32], "model.blocks": 1, "model.attention": true,
            "model.groups": 4, "data.samples": 1024, "train.steps": 10_000,
        ]
        switch self {
        case .t2: return paper
        case .t1:
            return paper.merging([
                "model.channels": [16, 16, 16], "model.attention": false, "train.steps": 2000,
                "train.learning_rate": 0.001, "train.clip": 0, "data.empty": 0.2,
                "train.noise": 0.2,
            ]) { $1 }
        case .t0:
            return paper.merging([
                "model.channels": [16, 16, 16], "model.attention": false, "data.samples": 32,
                "train.steps": 20, "data.empty": 0.2, "train.noise": 0.2,
            ]) { $1 }
        }
    }
}
