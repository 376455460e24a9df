import NumericCore

/// A parameter of a network on images: how PyTorch calls and shapes it, and where its floats lie.
struct NetworkParameter: Hashable, Sendable {
    /// What it is for decides how it lies in memory: inputs along rows, outputs along columns, either
    /// padded to 16.
    enum Layout: Hashable, Sendable {
        case vector(Int)
        case linear(inputs: Int, outputs: Int)
        /// A linear layer on pixels, which PyTorch has as a convolution with 1 × 1 weights.
        case pixel(inputs: Int, outputs: Int)
        /// 3 × 3 weights.
        case convolution(inputs: Int, outputs: Int)
        /// 2 × 2 weights, stride 2.
        case shrink(inputs: Int, outputs: Int)
        /// The transposed of that: a pixel becomes 2 × 2.
        case grow(inputs: Int, outputs: Int)
    }

    /// What it is before training.
    enum Start: Hashable, Sendable {
        case constant(Float)
        /// Uniform on (−bound, bound).
        case uniform(bound: Double)

        func scaled(by factor: Double) -> Start {
            switch self {
            case .constant(let value): .constant(Float(Double(value) * factor))
            case .uniform(let bound): .uniform(bound: bound * factor)
            }
        }
    }

    let name: String
    let layout: Layout
    let start: Start
    /// Where its floats begin among those of all parameters.
    let offset: Int

    /// As PyTorch has it.
    var shape: [Int] {
        switch layout {
        case .vector(let count): [count]
        case .linear(let inputs, let outputs): [outputs, inputs]
        case .pixel(let inputs, let outputs): [outputs, inputs, 1, 1]
        case .convolution(let inputs, let outputs): [outputs, inputs, 3, 3]
        case .shrink(let inputs, let outputs): [outputs, inputs, 2, 2]
        case .grow(let inputs, let outputs): [inputs, outputs, 2, 2]
        }
    }

    var count: Int { shape.reduce(1, *) }

    /// Rows and columns in memory.
    var rows: Int {
        switch layout {
        case .vector: 1
        case .linear(let inputs, _), .pixel(let inputs, _), .grow(let inputs, _): padded(inputs)
        case .convolution(let inputs, _): 9 * padded(inputs)
        case .shrink(let inputs, _): 4 * padded(inputs)
        }
    }

    var columns: Int {
        switch layout {
        case .vector(let count): padded(count)
        case .linear(_, let outputs), .pixel(_, let outputs), .convolution(_, let outputs),
            .shrink(_, let outputs):
            padded(outputs)
        case .grow(_, let outputs): 4 * padded(outputs)
        }
    }

    var floatCount: Int { rows * columns }

    /// Where PyTorch's `i`-th value lies, from `offset` on.
    func place(_ i: Int) -> Int {
        switch layout {
        case .vector: i
        case .linear(let inputs, _), .pixel(let inputs, _):
            i % inputs * columns + i / inputs
        case .convolution(let inputs, _):
            (i % 9 * padded(inputs) + i / 9 % inputs) * columns + i / 9 / inputs
        case .shrink(let inputs, _):
            (i % 4 * padded(inputs) + i / 4 % inputs) * columns + i / 4 / inputs
        case .grow(_, let outputs):
            i / 4 / outputs * columns + i % 4 * padded(outputs) + i / 4 % outputs
        }
    }
}
