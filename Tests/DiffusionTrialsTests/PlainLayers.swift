import Foundation
import NumericCore

@testable import DiffusionTrials

/// Images, or vectors as images of one pixel, in double precision.
struct PlainBatch {
    let count: Int
    let size: Int
    let channels: Int
    /// Shape `[count, size, size, channels]`.
    var values: [Double]

    init(count: Int, size: Int, channels: Int, values: [Double]? = nil) {
        self.count = count
        self.size = size
        self.channels = channels
        self.values =
            values ?? Array(repeating: 0, count: count * size * size * channels)
    }

    func place(_ image: Int, _ y: Int, _ x: Int, _ channel: Int) -> Int {
        ((image * size + y) * size + x) * channels + channel
    }

    func map(_ body: (Double) -> Double) -> PlainBatch {
        PlainBatch(count: count, size: size, channels: channels, values: values.map(body))
    }

    static func + (a: PlainBatch, b: PlainBatch) -> PlainBatch {
        PlainBatch(
            count: a.count, size: a.size, channels: a.channels,
            values: zip(a.values, b.values).map { $0 + $1 })
    }
}

/// The layers as their definitions have them, in double precision, with parameters as PyTorch shapes
/// them.
struct PlainLayers {
    let count: Int
    /// Inputs and parameters by name.
    var numbers: [String: [Double]]

    func input(_ name: String, size: Int, channels: Int) -> PlainBatch {
        PlainBatch(count: count, size: size, channels: channels, values: numbers[name]!)
    }

    /// 3 × 3 weights, zeros around the images.
    func convolution(
        _ name: String, _ x: PlainBatch, outputs: Int, hasBias: Bool = true
    ) -> PlainBatch {
        let weight = numbers["\(name).weight"]!
        var y = PlainBatch(count: count, size: x.size, channels: outputs)
        forEachPlace(of: y) { image, row, column, k, place in
            var sum = hasBias ? numbers["\(name).bias"]![k] : 0
            for tap in 0..<9 {
                let (r, c) = (row + tap / 3 - 1, column + tap % 3 - 1)
                guard r >= 0, c >= 0, r < x.size, c < x.size else { continue }
                for i in 0..<x.channels {
                    sum +=
                        weight[(k * x.channels + i) * 9 + tap] * x.values[x.place(image, r, c, i)]
                }
            }
            y.values[place] = sum
        }
        return y
    }

    /// On vectors, or pixel by pixel.
    func linear(_ name: String, _ x: PlainBatch, outputs: Int) -> PlainBatch {
        let (weight, bias) = (numbers["\(name).weight"]!, numbers["\(name).bias"]!)
        var y = PlainBatch(count: count, size: x.size, channels: outputs)
        forEachPlace(of: y) { image, row, column, k, place in
            y.values[place] = (0..<x.channels).reduce(bias[k]) {
                $0 + weight[k * x.channels + $1] * x.values[x.place(image, row, column, $1)]
            }
        }
        return y
    }

    /// 2 × 2 weights, stride 2.
    func shrink(_ name: String, _ x: PlainBatch, outputs: Int) -> PlainBatch {
        let (weight, bias) = (numbers["\(name).weight"]!, numbers["\(name).bias"]!)
        var y = PlainBatch(count: count, size: x.size / 2, channels: outputs)
        forEachPlace(of: y) { image, row, column, k, place in
            var sum = bias[k]
            for tap in 0..<4 {
                for i in 0..<x.channels {
                    let source = x.place(image, 2 * row + tap / 2, 2 * column + tap % 2, i)
                    sum += weight[(k * x.channels + i) * 4 + tap] * x.values[source]
                }
            }
            y.values[place] = sum
        }
        return y
    }

    /// The transposed of that.
    func grow(_ name: String, _ x: PlainBatch, outputs: Int) -> PlainBatch {
        let (weight, bias) = (numbers["\(name).weight"]!, numbers["\(name).bias"]!)
        var y = PlainBatch(count: count, size: 2 * x.size, channels: outputs)
        forEachPlace(of: y) { image, row, column, k, place in
            let tap = row % 2 * 2 + column % 2
            y.values[place] = (0..<x.channels).reduce(bias[k]) {
                $0 + weight[($1 * outputs + k) * 4 + tap]
                    * x.values[x.place(image, row / 2, column / 2, $1)]
            }
        }
        return y
    }

    func normalization(_ name: String, _ x: PlainBatch, groups: Int) -> PlainBatch {
        let (gain, shift) = (numbers["\(name).weight"]!, numbers["\(name).bias"]!)
        let width = x.channels / groups
        var y = x
        for image in 0..<count {
            for group in 0..<groups {
                let members = (0..<x.size * x.size).flatMap { pixel in
                    (group * width..<(group + 1) * width).map {
                        x.place(image, pixel / x.size, pixel % x.size, $0)
                    }
                }
                let size = Double(members.count)
                let mean = members.reduce(0) { $0 + x.values[$1] } / size
                let variance =
                    members.reduce(0) { $0 + (x.values[$1] - mean) * (x.values[$1] - mean) } / size
                for i in members {
                    let c = i % x.channels
                    let unit = (x.values[i] - mean) / (variance + 1e-6).squareRoot()
                    y.values[i] = gain[c] * unit + shift[c]
                }
            }
        }
        return y
    }

    func attention(
        _ query: PlainBatch, _ key: PlainBatch, _ value: PlainBatch, heads: Int
    ) -> PlainBatch {
        let (pixels, width) = (query.size * query.size, query.channels / heads)
        var y = PlainBatch(count: count, size: query.size, channels: query.channels)
        for image in 0..<count {
            for head in 0..<heads {
                func place(_ pixel: Int, _ c: Int) -> Int {
                    (image * pixels + pixel) * query.channels + head * width + c
                }
                for p in 0..<pixels {
                    let weights = (0..<pixels).map { q in
                        let score = (0..<width).reduce(0) {
                            $0 + query.values[place(p, $1)] * key.values[place(q, $1)]
                        }
                        return exp(score / Double(width).squareRoot())
                    }
                    let sum = weights.reduce(0, +)
                    for c in 0..<width {
                        y.values[place(p, c)] = (0..<pixels).reduce(0) {
                            $0 + weights[$1] / sum * value.values[place($1, c)]
                        }
                    }
                }
            }
        }
        return y
    }

    /// The largest value of each channel.
    func maximum(_ x: PlainBatch) -> PlainBatch {
        var y = PlainBatch(count: count, size: 1, channels: x.channels)
        forEachPlace(of: y) { image, _, _, c, place in
            y.values[place] =
                (0..<x.size * x.size).map { x.values[x.place(image, $0 / x.size, $0 % x.size, c)] }
                .max()!
        }
        return y
    }

    static func activate(_ activation: Activation, _ x: Double) -> Double {
        switch activation {
        case .none: x
        case .gelu: x * erfc(-x / 2.0.squareRoot()) / 2
        case .silu: x / (1 + exp(-x))
        }
    }

    private func forEachPlace(
        of y: PlainBatch, _ body: (_ image: Int, _ y: Int, _ x: Int, _ c: Int, _ place: Int) -> Void
    ) {
        for place in 0..<count * y.size * y.size * y.channels {
            let (pixel, channel) = place.quotientAndRemainder(dividingBy: y.channels)
            let (image, spot) = pixel.quotientAndRemainder(dividingBy: y.size * y.size)
            body(image, spot / y.size, spot % y.size, channel, place)
        }
    }
}

/// Layers in a row, as a U-Net has them.
extension PlainLayers {
    func residualBlock(
        _ name: String, _ x: PlainBatch, outputs: Int, _ style: BlockStyle,
        time: PlainBatch? = nil, condition: PlainBatch? = nil
    ) -> PlainBatch {
        func active(_ x: PlainBatch) -> PlainBatch {
            x.map { Self.activate(style.activation, $0) }
        }
        let normed = active(normalization("\(name).norm1", x, groups: style.groups))
        var middle = convolution("\(name).convolution1", normed, outputs: outputs)
        for (part, vector) in [("time", time), ("condition", condition)] {
            guard let vector else { continue }
            let first = active(linear("\(name).\(part).0", vector, outputs: outputs))
            let second = active(linear("\(name).\(part).1", first, outputs: outputs))
            for i in middle.values.indices {
                let image = i / (middle.size * middle.size * outputs)
                middle.values[i] += second.values[image * outputs + i % outputs]
            }
        }
        let last = active(normalization("\(name).norm2", middle, groups: style.groups))
        let skip = x.channels == outputs ? x : linear("\(name).skip", x, outputs: outputs)
        return convolution("\(name).convolution2", last, outputs: outputs) + skip
    }

    func attentionBlock(_ name: String, _ x: PlainBatch, groups: Int, heads: Int) -> PlainBatch {
        let normed = normalization("\(name).norm", x, groups: groups)
        func part(_ word: String) -> PlainBatch {
            linear("\(name).\(word)", normed, outputs: x.channels)
        }
        let mixed = attention(part("query"), part("key"), part("value"), heads: heads)
        return linear("\(name).out", mixed, outputs: x.channels) + x
    }
}
