import NumericCore

/// Normalises groups of channels of each image, then applies an activation.
struct GroupNormalization: Layer {
    let input: Node
    let inputGradient: InputGradient
    let output: Node
    let gain: NetworkParameter
    let shift: NetworkParameter
    let groups: Int
    let epsilon: Float
    let activation: Activation
    /// Where each group's mean and scale lie, 2 · groups floats an image.
    let moments: ImageSlot

    func forward(_ run: ShardRun) {
        run.kernels.normalize(
            run.images(input.value), groups: groups, epsilon: epsilon, gain: run.value(gain),
            shift: run.value(shift), activation: activation, moments: run.floats(moments),
            into: run.images(output.value))
    }

    func backward(_ run: ShardRun) {
        run.kernels.normalizeBack(
            run.images(input.value), groups: groups, gain: run.value(gain),
            shift: run.value(shift), activation: activation, moments: run.floats(moments),
            gradient: run.images(output.gradient), adds: inputGradient == .add,
            into: run.images(input.gradient), gainSums: run.gradient(gain),
            shiftSums: run.gradient(shift))
    }
}
