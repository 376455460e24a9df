import Sweeps

/// Images drawn from noise, for benchmarks.
extension GeneratorBenchmark {
    public var drawnCount: Int { drawing.requests.reduce(0) { $0 + $1.count } }

    /// Steps that the sampler takes.
    public var drawingSteps: Int { drawing.sampler(schedule).stepCount }

    private var schedule: NoiseSchedule { training.schedule.schedule }

    /// Draws images of all classes, the same ones every time.
    ///
    /// - Returns: Shape `[count, size, size, 3]`.
    public func draw() -> [Float] {
        drawing.draw(training.prediction, schedule, time: 1) {}.flatMap { $0 }
    }

    /// What peers need to draw the same images, and these: of each step the noise and what is
    /// multiplied by what, keep · (z + remove · ε̂) + add · ξ.
    var drawingTensors: [Tensor] {
        let sampler = drawing.sampler(schedule)
        let steps = 0..<sampler.stepCount
        let size = training.configuration.shape.size
        let shape = [drawnCount, size, size, ImageTask.channels]
        let noise = (0...sampler.stepCount).flatMap { drawing.noise($0, time: 1) }
        let factors = steps.flatMap { step in
            let factors = sampler.factors(step: step)
            return [factors.keep, factors.remove, factors.add]
        }
        let waves = steps.flatMap { step in
            TimeWaves.values(at: NoisePrediction.time(gamma: sampler.gammas(step: step).from))
        }
        return [
            Tensor("noise", shape: [sampler.stepCount + 1] + shape, .float(noise)),
            Tensor("factors", shape: [sampler.stepCount, 3], .float(factors)),
            Tensor("waves", shape: [sampler.stepCount, UNetShape.waveCount], .float(waves)),
            Tensor(
                "condition", shape: [drawnCount, ImageTask.conditionWidth],
                .float(drawing.conditions)),
            Tensor("images", shape: shape, .float(draw())),
        ]
    }
}
