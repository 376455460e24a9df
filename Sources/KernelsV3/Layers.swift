public import CVec

// The public functions of this module are coarse, neither generic nor inlinable: code for one CPU
// level never reaches a caller that is built for another. They check nothing: `NumericCore` does.

/// `output = input · weight + bias`, then ReLU where `rectified`.
///
/// - Parameters:
///   - rows: Rows of `input`; every buffer holds 23 rows more, with anything in them.
///   - weight: Shape `[in, out]`, `in` rows a panel.
///   - bias: A value a column of `output`, padded with zeros to whole panels.
@inline(never)
public func forward(
    rows: Int, input: Panels, weight: Panels, bias: UnsafePointer<Float>, rectified: Bool,
    output: Panels
) {
    if rectified {
        forwardRectified(rows: rows, input: input, weight: weight, bias: bias, output: output)
    } else {
        multiply(
            input, weight, rows: rows, depth: input.columns, start: bias, other: output,
            epilogue: Plain.self, into: output)
    }
}

/// A function of its own, since what is inlined into one has a limit, beyond which tiles would go
/// through memory.
@inline(never)
private func forwardRectified(
    rows: Int, input: Panels, weight: Panels, bias: UnsafePointer<Float>, output: Panels
) {
    multiply(
        input, weight, rows: rows, depth: input.columns, start: bias, other: output,
        epilogue: Rectified.self, into: output)
}

/// `output = input · weight + bias − target`.
@inline(never)
public func residual(
    rows: Int, input: Panels, weight: Panels, bias: UnsafePointer<Float>, target: Panels,
    output: Panels
) {
    multiply(
        input, weight, rows: rows, depth: input.columns, start: bias, other: target,
        epilogue: Residual.self, into: output)
}

/// The gradient of a layer's input: `output = gradient · transposed`.
///
/// - Parameters:
///   - gradient: The gradient of the layer's output, shape `[rows, out]`.
///   - transposed: The layer's weight with `out` rows and `in` columns.
///   - activation: The layer's input; where `rectified`, `output` is zero where it is not positive.
@inline(never)
public func backward(
    rows: Int, gradient: Panels, transposed: Panels, activation: Panels, rectified: Bool,
    output: Panels
) {
    if rectified {
        backwardRectified(
            rows: rows, gradient: gradient, transposed: transposed, activation: activation,
            output: output)
    } else {
        multiply(
            gradient, transposed, rows: rows, depth: gradient.columns, start: nil,
            other: activation, epilogue: Plain.self, into: output)
    }
}

/// As `forwardRectified`.
@inline(never)
private func backwardRectified(
    rows: Int, gradient: Panels, transposed: Panels, activation: Panels, output: Panels
) {
    multiply(
        gradient, transposed, rows: rows, depth: gradient.columns, start: nil, other: activation,
        epilogue: Masked.self, into: output)
}
