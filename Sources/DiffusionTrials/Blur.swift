import NumericCore

/// A Gaussian blur, cut at four deviations; beyond the border the image goes on as in a mirror that
/// repeats the border's pixels, as `scipy.ndimage.gaussian_filter` does.
struct Blur {
    /// From the middle outwards.
    private let weights: [Double]

    /// - Parameter deviation: Standard deviation in pixels; 0 leaves an image as it is.
    init(deviation: Double) {
        let reach = Int(4 * deviation + 0.5)
        var weights = (0...reach).map { k in
            k == 0 ? 1 : exponential(-Double(k * k) / (2 * deviation * deviation))
        }
        let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
        for k in weights.indices { weights[k] /= sum }
        self.weights = weights
    }

    /// - Parameter image: Shape `[size, size]`.
    func applied(to image: [Double], size: Int) -> [Double] {
        guard weights.count > 1 else { return image }
        return alongColumns(alongColumns(image, size), size)
    }

    /// Blurs along the first axis and turns the axes round.
    private func alongColumns(_ image: [Double], _ size: Int) -> [Double] {
        var blurred = Array(repeating: 0.0, count: size * size)
        for row in 0..<size {
            for column in 0..<size {
                var sum = weights[0] * image[row * size + column]
                for k in 1..<weights.count {
                    let above = Self.mirrored(row - k, size) * size + column
                    let below = Self.mirrored(row + k, size) * size + column
                    sum += weights[k] * (image[above] + image[below])
                }
                blurred[column * size + row] = sum
            }
        }
        return blurred
    }

    private static func mirrored(_ place: Int, _ size: Int) -> Int {
        let period = 2 * size
        let inside = (place % period + period) % period
        return inside < size ? inside : period - 1 - inside
    }
}
