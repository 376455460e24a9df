import NumericCore

/// The largest value of each channel over an image's pixels.
struct MaxPool: Layer {
    let input: Node
    /// One pixel.
    let output: Node
    /// Which pixel it was.
    let places: ImageSlot

    func forward(_ run: ShardRun) {
        run.kernels.maximize(
            run.images(input.value), places: run.rows(places), into: run.rows(output.value))
    }

    func backward(_ run: ShardRun) {
        run.kernels.maximizeBack(
            run.rows(output.gradient), places: run.rows(places), into: run.images(input.gradient))
    }
}
