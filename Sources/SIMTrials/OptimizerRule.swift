import NumericCore
import Sweeps

extension ConfigurationReader {
    /// `train.optimizer` with the keys that apply to it.
    func optimizerRule() throws(ConfigurationError) -> Optimizer.Rule {
        let decay = try number("train.weight_decay")
        let name = try choice("train.optimizer")
        if name == "sgd" {
            return .descent(momentum: try number("train.momentum"), decay: decay)
        }
        let betas = try numbers("train.betas")
        return name == "adam"
            ? .adam(beta1: betas[0], beta2: betas[1], decay: decay)
            : .adamW(beta1: betas[0], beta2: betas[1], decay: decay)
    }
}
