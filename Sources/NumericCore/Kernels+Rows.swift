import CVec

/// What follows a normalisation or a linear layer.
public enum Activation: Int, Hashable, Sendable {
    case none
    /// x Φ(x), with the distribution function Φ of the standard normal distribution.
    case gelu
    /// x / (1 + e⁻ˣ).
    case silu
}

/// What a step of AdamW multiplies by.
public struct AdamWStep: Hashable, Sendable {
    let rate: Float
    let scale: Float
    let shrink: Float
    let beta1: Double
    let beta2: Double
    let correction: Float

    /// - Parameters:
    ///   - rate: The step size over `1 − β₁ᵗ`.
    ///   - scale: What makes gradients of sums.
    ///   - shrink: What a value is multiplied by beside the step.
    ///   - correction: `1/√(1 − β₂ᵗ)`.
    public init(
        rate: Float, scale: Float, shrink: Float, beta1: Double, beta2: Double, correction: Float
    ) {
        (self.rate, self.scale, self.shrink) = (rate, scale, shrink)
        (self.beta1, self.beta2, self.correction) = (beta1, beta2, correction)
    }
}

extension Kernels {
    /// `output = start + other + a · b`.
    ///
    /// - Parameters:
    ///   - start: A value a column, added to every row.
    ///   - other: Of the output's shape; it may be the output.
    public func multiply(
        _ a: RowSpan, _ b: RowSpan, start: FloatSpan? = nil, other: RowSpan? = nil,
        into output: RowSpan
    ) {
        precondition(
            a.rows == output.rows && a.columns == b.rows && b.columns == output.columns,
            """
            [\(a.rows), \(a.columns)] · [\(b.rows), \(b.columns)] into \
            [\(output.rows), \(output.columns)]
            """)
        if let start { expect(start, output.columns) }
        if let other { expect(other, rows: output.rows, columns: output.columns) }
        images.multiplyRows(
            a.rows, a.columns, b.columns, a.view, b.view, start.map { UnsafePointer($0.base) },
            other.map { UnsafePointer($0.view.base) }, other?.view.stride ?? 0, output.view)
    }

    /// `sums += aᵀ · b`.
    public func addOuterProducts(_ a: RowSpan, _ b: RowSpan, to sums: RowSpan) {
        precondition(a.rows == b.rows, "\(a.rows) and \(b.rows) rows")
        expect(sums, rows: a.columns, columns: b.columns)
        images.addOuterProducts(a.rows, a.columns, b.columns, a.view, b.view, sums.view)
    }

    /// `output = inputᵀ`.
    public func transpose(_ input: RowSpan, into output: RowSpan) {
        expect(output, rows: input.columns, columns: input.rows)
        images.transposeRows(input.rows, input.columns, input.view, output.view)
    }

    /// `sums += Σ rows`.
    public func addRows(_ matrix: RowSpan, to sums: FloatSpan) {
        expect(sums, matrix.columns)
        images.addRows(matrix.rows, matrix.columns, matrix.view, sums.base)
    }

    /// `output = first + second + start`.
    ///
    /// - Parameter start: A value a column, added to every row.
    public func add(_ first: RowSpan, _ second: RowSpan, start: FloatSpan, into output: RowSpan) {
        expect(start, output.columns)
        expect(first, rows: output.rows, columns: output.columns)
        expect(second, rows: output.rows, columns: output.columns)
        images.addThree(
            output.rows, output.columns, first.view, second.view, start.base, output.view)
    }

    /// `values += share · (other − values)`.
    public func approach(_ other: FloatSpan, share: Float, _ values: FloatSpan) {
        precondition(values.count % 16 == 0, "\(values.count) floats")
        expect(other, values.count)
        images.approach(values.count, share, other.base, values.base)
    }

    /// `values += other`, and zeroes `other`.
    public func move(_ other: FloatSpan, to values: FloatSpan) {
        precondition(values.count % 16 == 0, "\(values.count) floats")
        expect(other, values.count)
        apply(values.count, 1, other.base, values.base)
    }

    /// One step of AdamW.
    ///
    /// - Parameters:
    ///   - sums: Gradients before they are scaled; left: zeros.
    ///   - memory: Running means of gradients, then of their squares.
    public func adapt(
        _ step: AdamWStep, _ sums: FloatSpan, memory: FloatSpan, _ values: FloatSpan
    ) {
        precondition(values.count % 16 == 0, "\(values.count) floats")
        expect(sums, values.count)
        expect(memory, 2 * values.count)
        adapt(
            values.count, step.rate, step.scale, 0, step.shrink, Float(step.beta1),
            Float(1 - step.beta1), Float(step.beta2), Float(1 - step.beta2), step.correction, 1e-8,
            sums.base, memory.base, values.base)
    }

    /// The sum of the squares.
    public func squaredSum(_ values: FloatSpan) -> Double {
        precondition(values.count % 16 == 0, "\(values.count) floats")
        let rows = values.count / 16
        return squaredSum(
            rows, Panels(base: values.base, stride: values.count, columns: 16))
    }

    /// `output = activation(input)`, which may be one.
    public func activate(_ activation: Activation, _ input: FloatSpan, into output: FloatSpan) {
        precondition(input.count % 16 == 0, "\(input.count) floats")
        expect(output, input.count)
        images.activate(activation.rawValue, input.count, input.base, output.base)
    }

    /// `gradient *= activation′(input)`.
    public func activateBack(_ activation: Activation, _ input: FloatSpan, gradient: FloatSpan) {
        precondition(input.count % 16 == 0, "\(input.count) floats")
        expect(gradient, input.count)
        images.activateBack(activation.rawValue, input.count, input.base, gradient.base)
    }

    func expect(_ floats: FloatSpan, _ count: Int) {
        precondition(floats.count == count, "\(floats.count) floats, not \(count)")
    }

    func expect(_ matrix: RowSpan, rows: Int, columns: Int) {
        precondition(
            matrix.rows == rows && matrix.columns == columns,
            "[\(matrix.rows), \(matrix.columns)], not [\(rows), \(columns)]")
    }
}
