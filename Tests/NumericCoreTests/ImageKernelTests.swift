import Testing

@testable import NumericCore

/// Numbers in an arena, and their doubles beside them.
private struct Numbers {
    let arena: Arena
    let span: FloatSpan

    init(_ values: [Float]) {
        arena = Arena(floatCount: padded(values.count))
        span = arena.span(values.count)
        for (i, value) in values.enumerated() { span[i] = value }
    }

    init(zeros count: Int) { self.init(Array(repeating: 0, count: count)) }

    /// Standard normal numbers.
    init(_ count: Int, seed: UInt64, offset: Float = 0, scale: Float = 1) throws {
        let stream = RandomStream(seed: seed, .data, kernels: try Kernels.chosen())
        self.init(stream.normal(count: count).map { offset + scale * $0 })
    }

    var floats: [Float] { span.values }
    var doubles: [Double] { floats.map(Double.init) }

    func images(_ count: Int, size: Int, channels: Int) -> ImageSpan {
        ImageSpan(span, count: count, size: size, channels: channels, stride: channels)
    }

    func rows(_ rows: Int, _ columns: Int) -> RowSpan {
        RowSpan(span, rows: rows, columns: columns)
    }
}

/// Each agrees to `tolerance` of the largest.
private func expectClose(
    _ ours: [Float], _ theirs: [Double], _ tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let largest = theirs.reduce(0) { max($0, abs($1)) }
    let worst = zip(ours, theirs).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
    #expect(worst <= tolerance * largest, "\(worst) of \(largest)", sourceLocation: sourceLocation)
}

/// Some of the gradient's numbers agree with finite differences.
private func expectSlopes(
    _ gradient: [Float], of values: [Double], direction: [Double],
    sourceLocation: SourceLocation = #_sourceLocation, _ output: ([Double]) -> [Double]
) {
    let largest = gradient.reduce(0) { max($0, abs(Double($1))) }
    for i in stride(from: 0, to: values.count, by: values.count / 4 + 1) {
        let slope = slope(values, at: i, direction: direction, output)
        #expect(
            abs(Double(gradient[i]) - slope) <= 1e-5 * largest, "number \(i)",
            sourceLocation: sourceLocation)
    }
}

/// Calls `body` at each level and expects the same numbers from each.
private func sameAtEveryLevel(_ body: (Kernels) throws -> [[Float]]) throws -> [[Float]] {
    let results = try levels.map { try body(Kernels($0)) }
    let first = try #require(results.first)
    for result in results.dropFirst() { #expect(result == first, "other bits") }
    return first
}

/// A convolution's size.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    let count: Int
    let size: Int
    let inputs: Int
    let outputs: Int

    var testDescription: String { "\(count) × \(size)², \(inputs) to \(outputs) channels" }

    static let all = [
        ConvolutionCase(count: 1, size: 1, inputs: 16, outputs: 16),
        ConvolutionCase(count: 2, size: 5, inputs: 16, outputs: 32),
        ConvolutionCase(count: 1, size: 8, inputs: 48, outputs: 16),
        ConvolutionCase(count: 1, size: 14, inputs: 16, outputs: 16),
        // More than are taken at once: of images, and of channels whose products are summed up.
        ConvolutionCase(count: 65, size: 2, inputs: 16, outputs: 16),
        ConvolutionCase(count: 1, size: 3, inputs: 16, outputs: 80),
    ]
}

@Suite("The kernels for networks on images")
struct ImageKernelTests {
    @Test("convolve, forwards and backwards", arguments: ConvolutionCase.all)
    func convolution(item: ConvolutionCase) throws {
        let (count, size, c, k) = (item.count, item.size, item.inputs, item.outputs)
        let plain = PlainImages(count: count, size: size)
        let shape = ConvolutionShape(size: size, inputs: c, outputs: k)
        let input = try Numbers(count * size * size * c, seed: 1)
        let weight = try Numbers(shape.weightCount, seed: 2, scale: 0.1)
        let gradient = try Numbers(count * size * size * k, seed: 3)
        let other = try Numbers(count * size * size * k, seed: 4)
        let start = try Numbers(count * k, seed: 5)
        let results = try sameAtEveryLevel { kernels in
            let scratch = Numbers(zeros: shape.scratchCount + shape.weightCount)
            let forward = Numbers(zeros: shape.factorCount)
            let backward = Numbers(zeros: shape.factorCount)
            kernels.prepare(
                shape, weight: weight.span, forward: forward.span, backward: backward.span,
                scratch: scratch.span)
            let output = Numbers(zeros: gradient.span.count)
            let images = input.images(count, size: size, channels: c)
            let slopes = gradient.images(count, size: size, channels: k)
            kernels.convolve(
                images, factors: forward.span, start: start.rows(count, k),
                other: other.images(count, size: size, channels: k), scratch: scratch.span,
                into: output.images(count, size: size, channels: k))
            let inputGradient = Numbers(zeros: input.span.count)
            kernels.convolve(
                slopes, factors: backward.span, scratch: scratch.span,
                into: inputGradient.images(count, size: size, channels: c))
            let sums = Numbers(zeros: shape.weightCount)
            kernels.addConvolutionGradient(
                images, gradient: slopes, scratch: scratch.span, to: sums.span)
            return [output.floats, inputGradient.floats, sums.floats]
        }
        func convolved(_ input: [Double], _ weight: [Double]) -> [Double] {
            plain.convolution(input, inputs: c, weight: weight, outputs: k)
        }
        let expected = convolved(input.doubles, weight.doubles).enumerated().map { i, value in
            value + other.doubles[i] + start.doubles[i / (size * size * k) * k + i % k]
        }
        expectClose(results[0], expected, 1e-5)
        expectSlopes(results[1], of: input.doubles, direction: gradient.doubles) {
            convolved($0, weight.doubles)
        }
        expectSlopes(results[2], of: weight.doubles, direction: gradient.doubles) {
            convolved(input.doubles, $0)
        }
    }

    @Test(
        "normalise groups, forwards and backwards", arguments: [Activation.none, .gelu, .silu],
        [1, 8])
    func normalization(activation: Activation, groups: Int) throws {
        let (count, size, channels) = (2, 5, 32)
        let plain = PlainImages(count: count, size: size)
        // A mean far from 0 must not cost digits.
        let input = try Numbers(count * size * size * channels, seed: 1, offset: 20)
        let gain = try Numbers(channels, seed: 2, offset: 1, scale: 0.5)
        let shift = try Numbers(channels, seed: 3)
        let gradient = try Numbers(input.span.count, seed: 4)
        let before = try Numbers(input.span.count, seed: 5)
        let results = try sameAtEveryLevel { kernels in
            let output = Numbers(zeros: input.span.count)
            let moments = Numbers(zeros: 2 * count * groups)
            let images = input.images(count, size: size, channels: channels)
            kernels.normalize(
                images, groups: groups, epsilon: 1e-6, gain: gain.span, shift: shift.span,
                activation: activation, moments: moments.span,
                into: output.images(count, size: size, channels: channels))
            let slopes = Numbers(gradient.floats)
            let added = Numbers(before.floats)
            let (gains, shifts) = (Numbers(zeros: channels), Numbers(zeros: channels))
            kernels.normalizeBack(
                images, groups: groups, gain: gain.span, shift: shift.span,
                activation: activation, moments: moments.span,
                gradient: slopes.images(count, size: size, channels: channels), adds: true,
                into: added.images(count, size: size, channels: channels),
                gainSums: gains.span, shiftSums: shifts.span)
            let inputGradient = zip(added.floats, before.floats).map { $0 - $1 }
            return [output.floats, inputGradient, gains.floats, shifts.floats]
        }
        func normalized(
            _ input: [Double], _ gain: [Double], _ shift: [Double]
        ) -> [Double] {
            plain.normalization(
                input, channels: channels, groups: groups, gain: gain, shift: shift, activation)
        }
        expectClose(results[0], normalized(input.doubles, gain.doubles, shift.doubles), 3e-6)
        expectSlopes(results[1], of: input.doubles, direction: gradient.doubles) {
            normalized($0, gain.doubles, shift.doubles)
        }
        expectSlopes(results[2], of: gain.doubles, direction: gradient.doubles) {
            normalized(input.doubles, $0, shift.doubles)
        }
        expectSlopes(results[3], of: shift.doubles, direction: gradient.doubles) {
            normalized(input.doubles, gain.doubles, $0)
        }
    }

    @Test("attend, forwards and backwards", arguments: [(3, 32, 4), (4, 48, 1), (8, 16, 4)])
    func attention(size: Int, channels: Int, heads: Int) throws {
        let count = 2
        let plain = PlainImages(count: count, size: size)
        let inputs = try (1...3).map { try Numbers(count * size * size * channels, seed: $0) }
        let gradient = try Numbers(inputs[0].span.count, seed: 4)
        let shape = AttentionShape(size: size, channels: channels, heads: heads)
        let results = try sameAtEveryLevel { kernels in
            let results = (0..<4).map { _ in Numbers(zeros: gradient.span.count) }
            let scratch = Numbers(zeros: shape.scratchCount)
            func images(_ numbers: Numbers) -> ImageSpan {
                numbers.images(count, size: size, channels: channels)
            }
            kernels.attend(
                heads: heads, query: images(inputs[0]), key: images(inputs[1]),
                value: images(inputs[2]), scratch: scratch.span, into: images(results[0]))
            kernels.attendBack(
                heads: heads, query: images(inputs[0]), key: images(inputs[1]),
                value: images(inputs[2]), gradient: images(gradient), scratch: scratch.span,
                queryGradient: images(results[1]), keyGradient: images(results[2]),
                valueGradient: images(results[3]))
            return results.map(\.floats)
        }
        let doubles = inputs.map(\.doubles)
        func attended(_ inputs: [[Double]]) -> [Double] {
            plain.attention(inputs[0], inputs[1], inputs[2], channels: channels, heads: heads)
        }
        expectClose(results[0], attended(doubles), 3e-6)
        for i in 0..<3 {
            expectSlopes(results[1 + i], of: doubles[i], direction: gradient.doubles) {
                var changed = doubles
                changed[i] = $0
                return attended(changed)
            }
        }
    }

    /// The last with more rows than are taken at once.
    @Test(
        "multiply rows and add up outer products",
        arguments: [(1, 16, 16), (23, 48, 80), (1030, 64, 16)])
    func products(rows: Int, depth: Int, columns: Int) throws {
        let a = try Numbers(rows * depth, seed: 1)
        let b = try Numbers(depth * columns, seed: 2)
        let c = try Numbers(rows * columns, seed: 3)
        let start = try Numbers(columns, seed: 4)
        let results = try sameAtEveryLevel { kernels in
            let product = Numbers(zeros: rows * columns)
            kernels.multiply(
                a.rows(rows, depth), b.rows(depth, columns), start: start.span,
                other: c.rows(rows, columns), into: product.rows(rows, columns))
            let sums = Numbers(b.floats)
            kernels.addOuterProducts(
                a.rows(rows, depth), c.rows(rows, columns), to: sums.rows(depth, columns))
            let turned = Numbers(zeros: depth * columns)
            kernels.transpose(b.rows(depth, columns), into: turned.rows(columns, depth))
            return [product.floats, sums.floats, turned.floats]
        }
        let (left, right, beside, first) = (a.floats, b.floats, c.floats, start.floats)
        for i in 0..<rows {
            for j in 0..<columns {
                var sum = first[j] + beside[i * columns + j]
                for k in 0..<depth {
                    sum.addProduct(left[i * depth + k], right[k * columns + j])
                }
                #expect(results[0][i * columns + j] == sum)
            }
        }
        for k in 0..<depth {
            for j in 0..<columns {
                var sum = right[k * columns + j]
                for i in 0..<rows {
                    sum.addProduct(left[i * depth + k], beside[i * columns + j])
                }
                #expect(results[1][k * columns + j] == sum)
                #expect(results[2][j * depth + k] == right[k * columns + j])
            }
        }
    }

    @Test("turn blocks of pixels into rows and back")
    func blocks() throws {
        let input = try Numbers(2 * 6 * 6 * 16, seed: 1)
        let results = try sameAtEveryLevel { kernels in
            let rows = Numbers(zeros: input.span.count)
            kernels.gatherBlocks(
                input.images(2, size: 6, channels: 16), into: rows.rows(2 * 9, 64))
            let images = Numbers(input.floats)
            kernels.scatterBlocks(
                rows.rows(2 * 9, 64), adds: true, into: images.images(2, size: 6, channels: 16))
            return [rows.floats, images.floats]
        }
        // The pixel (3, 4) of image 1 is the third of four in its block, (1, 2).
        let pixel = (36 + 3 * 6 + 4) * 16
        let cell = (9 + 1 * 3 + 2) * 64 + 2 * 16
        #expect(results[0][cell..<cell + 16] == input.floats[pixel..<pixel + 16])
        #expect(results[1] == input.floats.map { 2 * $0 })
    }

    @Test("drop the share they are told, the same numbers every time")
    func dropout() throws {
        let results = try sameAtEveryLevel { kernels in
            try [0, 0, 1].map { (block: UInt64) in
                let numbers = Numbers(Array(repeating: 1, count: 1 << 16))
                kernels.drop(
                    share: 0.1, seed: 7, .dropout(layer: 0), firstBlock: block << 32,
                    numbers.span)
                // What begins later goes on as it would have.
                let rest = Numbers(Array(repeating: 1, count: 1600))
                kernels.drop(
                    share: 0.1, seed: 7, .dropout(layer: 0), firstBlock: block << 32 + 64,
                    rest.span)
                try #require(rest.floats == Array(numbers.floats[512..<2112]))
                return numbers.floats
            }
        }
        #expect(results[0] == results[1])
        #expect(results[0] != results[2])
        #expect(Set(results[0]) == [0, 1 / 0.9])
        let dropped = results[0].count { $0 == 0 }
        #expect(abs(Double(dropped) - 6553.6) < 5 * 76.8)
    }

    @Test("sum pixels and rows, and move towards numbers")
    func sums() throws {
        let input = try Numbers(3 * 5 * 5 * 16, seed: 1)
        let results = try sameAtEveryLevel { kernels in
            let (sums, total) = (Numbers(zeros: 48), Numbers(zeros: 16))
            kernels.sumPixels(input.images(3, size: 5, channels: 16), into: sums.rows(3, 16))
            kernels.addRows(sums.rows(3, 16), to: total.span)
            let average = Numbers(Array(repeating: 1, count: 48))
            kernels.approach(sums.span, share: 0.25, average.span)
            let added = Numbers(zeros: 48)
            kernels.add(
                sums.rows(3, 16), sums.rows(3, 16), start: total.span, into: added.rows(3, 16))
            return [sums.floats, total.floats, average.floats, added.floats]
        }
        for image in 0..<3 {
            for c in 0..<16 {
                let sum = (0..<25).reduce(0) { $0 + input.floats[(image * 25 + $1) * 16 + c] }
                let i = image * 16 + c
                #expect(abs(results[0][i] - sum) < 1e-4)
                #expect(abs(results[2][i] - (1 + (results[0][i] - 1) / 4)) < 1e-6)
                #expect(results[3][i] == results[0][i] + results[0][i] + results[1][c])
            }
        }
        for c in 0..<16 {
            #expect(results[1][c] == (results[0][c] + results[0][16 + c]) + results[0][32 + c])
        }
    }

    @Test(
        "take sine and cosine of doubles", arguments: [-1000, -3, 0, 1e-9, 0.7, 2, 355, 99_999.9])
    func sine(x: Double) {
        let (sine, cosine) = sineAndCosine(x)
        #expect(abs(sine - PlainImages.sine(x)) < 3e-16)
        #expect(abs(cosine - PlainImages.cosine(x)) < 3e-16)
    }
}
