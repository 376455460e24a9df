import Foundation
import NumericCore

/// What the kernels for images work out, as plain loops in double precision. Images have the shape
/// `[count, size, size, channels]`.
struct PlainImages {
    let count: Int
    let size: Int

    private var pixels: Int { size * size }

    /// - Parameter weight: Shape `[9, inputs, outputs]`.
    func convolution(
        _ input: [Double], inputs: Int, weight: [Double], outputs: Int
    ) -> [Double] {
        var output = Array(repeating: 0.0, count: count * pixels * outputs)
        for image in 0..<count {
            for (y, x) in places {
                for (tap, (dy, dx)) in Self.taps.enumerated() {
                    let (yy, xx) = (y + dy, x + dx)
                    guard yy >= 0, xx >= 0, yy < size, xx < size else { continue }
                    let source = (image * pixels + yy * size + xx) * inputs
                    let target = (image * pixels + y * size + x) * outputs
                    for c in 0..<inputs {
                        let factor = input[source + c]
                        let row = (tap * inputs + c) * outputs
                        for k in 0..<outputs { output[target + k] += factor * weight[row + k] }
                    }
                }
            }
        }
        return output
    }

    func normalization(
        _ input: [Double], channels: Int, groups: Int, gain: [Double], shift: [Double],
        _ activation: Activation
    ) -> [Double] {
        let width = channels / groups
        var output = input
        for image in 0..<count {
            for group in 0..<groups {
                let members = (0..<pixels).flatMap { p in
                    (0..<width).map { (image * pixels + p) * channels + group * width + $0 }
                }
                let mean = members.reduce(0) { $0 + input[$1] } / Double(members.count)
                let variance =
                    members.reduce(0) { $0 + (input[$1] - mean) * (input[$1] - mean) }
                    / Double(members.count)
                for i in members {
                    let unit = (input[i] - mean) / (variance + 1e-6).squareRoot()
                    let c = i % channels
                    output[i] = Self.apply(activation, gain[c] * unit + shift[c])
                }
            }
        }
        return output
    }

    static func apply(_ activation: Activation, _ x: Double) -> Double {
        switch activation {
        case .none: x
        case .gelu: x * erfc(-x / 2.0.squareRoot()) / 2
        case .silu: x / (1 + exp(-x))
        }
    }

    func attention(
        _ query: [Double], _ key: [Double], _ value: [Double], channels: Int, heads: Int
    ) -> [Double] {
        let width = channels / heads
        var output = Array(repeating: 0.0, count: query.count)
        for image in 0..<count {
            for head in 0..<heads {
                func place(_ p: Int, _ c: Int) -> Int {
                    (image * pixels + p) * channels + head * width + c
                }
                for i in 0..<pixels {
                    let scores = (0..<pixels).map { j in
                        (0..<width).reduce(0) { $0 + query[place(i, $1)] * key[place(j, $1)] }
                    }
                    let weights = scores.map { exp($0 / Double(width).squareRoot()) }
                    let sum = weights.reduce(0, +)
                    for j in 0..<pixels {
                        for c in 0..<width {
                            output[place(i, c)] += weights[j] / sum * value[place(j, c)]
                        }
                    }
                }
            }
        }
        return output
    }

    static func sine(_ x: Double) -> Double { sin(x) }
    static func cosine(_ x: Double) -> Double { cos(x) }

    private var places: [(Int, Int)] { (0..<pixels).map { ($0 / size, $0 % size) } }
    private static let taps = (0..<9).map { ($0 / 3 - 1, $0 % 3 - 1) }
}

/// The derivative of `Σ output · direction` by number `i` of `values`, from finite differences.
func slope(
    _ values: [Double], at i: Int, direction: [Double], _ output: ([Double]) -> [Double]
) -> Double {
    func sum(_ change: Double) -> Double {
        var changed = values
        changed[i] += change
        return zip(output(changed), direction).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return (sum(1e-5) - sum(-1e-5)) / 2e-5
}
