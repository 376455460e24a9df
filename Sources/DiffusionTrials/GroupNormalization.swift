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
        let all = run.floats(moments)
        run.forEachShard {
            let moments = all.part(2 * groups * $0.range.lowerBound, 2 * groups * $0.count)
            $0.kernels.normalizeBack(
                $0.images(input.value), groups: groups, gain: $0.value(gain),
                shift: $0.value(shift), activation: activation, moments: moments,
                gradient: $0.images(output.gradient), adds: inputGradient == .add,
                into: $0.images(input.gradient), gainSums: $0.gradient(gain),
                shiftSums: $0.gradient(shift))
        }
    }
}
