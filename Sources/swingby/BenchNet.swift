import Foundation
import NumericCore

/// A net whose training is timed, with its data; peers get the very same numbers from files.
struct BenchNet {
    let name: String
    let dimension: Int
    let hidden: Int
    var layers = 4
    var isRectified = true
    var points = 4096
    /// Rows a step; nil is all.
    var batch: Int? = 128
    let steps: Int

    static let all = [
        BenchNet(name: "d2-h64-b128", dimension: 2, hidden: 64, steps: 1500),
        BenchNet(name: "d16-h64-b128", dimension: 16, hidden: 64, steps: 1500),
        BenchNet(name: "d64-h64-b128", dimension: 64, hidden: 64, steps: 1500),
        BenchNet(name: "d16-h256-b128", dimension: 16, hidden: 256, steps: 400),
        BenchNet(name: "d64-h512-b128", dimension: 64, hidden: 512, steps: 120),
        BenchNet(
            name: "d16-h64-full", dimension: 16, hidden: 64, points: 4000, batch: nil, steps: 150),
        BenchNet(
            name: "d64-h256-full", dimension: 64, hidden: 256, points: 1000, batch: nil, steps: 50),
        BenchNet(name: "d4-h16-b128", dimension: 4, hidden: 16, steps: 3000),
        BenchNet(name: "d2-h4-b128", dimension: 2, hidden: 4, steps: 6000),
        BenchNet(name: "d16-h32-b128", dimension: 16, hidden: 32, steps: 2000),
        BenchNet(
            name: "d10-linear-full", dimension: 10, hidden: 0, layers: 1, isRectified: false,
            points: 5000, batch: nil, steps: 2000),
    ]

    var widths: [Int] { [dimension] + Array(repeating: hidden, count: layers - 1) + [dimension] }
    var batchRows: Int { batch ?? points }

    var fitsLanes: Bool { dimension <= LaneNetwork.widthLimit && hidden <= 32 }

    /// The rows of a step, counted from 0.
    func batch(_ step: Int) -> Range<Int> {
        let start = step % (points / batchRows) * batchRows
        return start..<start + batchRows
    }

    /// Whether it is a linear layer that learns on all points at once, which their second moments
    /// stand for.
    var isLinear: Bool { layers == 1 && !isRectified && batch == nil }

    /// Floating-point operations of a step: those of the products of plain backpropagation, or of
    /// the product and the update on second moments.
    var operationsPerStep: Double {
        guard !isLinear else { return Double(2 * dimension * dimension * (dimension + 1)) }
        let multiplications = zip(widths, widths.dropFirst()).map { Double($0.0 * $0.1) }
        return 2 * Double(batchRows) * (3 * multiplications.reduce(0, +) - multiplications[0])
    }

    /// Two clusters at distances 1 and 2 along the first two axes, shape `[points, dimension]`.
    func data(_ kernels: Kernels) -> [Float] {
        var values = RandomStream(seed: 1, .data, kernels: kernels)
            .normal(count: points * dimension).map { 0.25 * $0 }
        for i in 0..<points { values[i * dimension + i % 2] += Float(1 + i % 2) }
        return values
    }

    /// As PyTorch draws them, without bias.
    func parameters(_ kernels: Kernels) -> [LinearParameters] {
        zip(widths, widths.dropFirst()).enumerated().map { layer, width in
            let stream = RandomStream(seed: 1, .weights(layer: layer), kernels: kernels)
            return LinearParameters(
                inputs: width.0, outputs: width.1,
                weight: stream.uniform(
                    count: width.0 * width.1, bound: 1 / Float(width.0).squareRoot()),
                bias: nil)
        }
    }

    func network(_ kernels: Kernels) -> Network {
        Network(
            parameters(kernels), isRectified: isRectified,
            blockRows: min(Network.defaultBlockRows, batchRows), kernels: kernels)
    }

    /// Writes data and weights as `x.npy` and `layers.K.npy` to a new folder.
    func write(to folder: URL, _ kernels: Kernels) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.write(
            data(kernels), rows: points, to: folder.appending(path: "x.npy"))
        for (index, layer) in parameters(kernels).enumerated() {
            try Self.write(
                layer.weight, rows: layer.outputs,
                to: folder.appending(path: "layers.\(index).npy"))
        }
    }

    /// A matrix in numpy's format, version 1.0.
    static func write(_ values: [Float], rows: Int, to file: URL) throws {
        let shape = "(\(rows), \(values.count / rows))"
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
        header += String(repeating: " ", count: 127 - 10 - header.utf8.count) + "\n"
        var bytes = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0])
        bytes.append(contentsOf: header.utf8)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        try bytes.write(to: file)
    }
}
