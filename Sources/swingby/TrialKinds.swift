import DiffusionTrials
import SIMTrials
import Sweeps

/// The trial kinds that this program knows: a new kind is one more line.
let trialKinds: [any TrialKind] = [
    SIMKind(), MatrixKind(), DiffusionKind(), NoOpKind(),
]
