import CVec

/// Rows of a matrix in an arena, in a multiple of 16 columns.
public struct RowSpan {
    let view: RowView
    public let rows: Int
    public let columns: Int

    /// - Parameter stride: Floats from one row to the next.
    public init(_ floats: FloatSpan, rows: Int, columns: Int, stride: Int) {
        precondition(
            rows >= 0 && columns > 0 && columns % 16 == 0 && stride >= columns && stride % 16 == 0
                && (rows == 0 || (rows - 1) * stride + columns <= floats.count),
            "\(rows) rows of \(columns), \(stride) apart, in \(floats.count) floats")
        view = RowView(base: floats.base, stride: stride)
        self.rows = rows
        self.columns = columns
    }

    /// Rows without a gap.
    public init(_ floats: FloatSpan, rows: Int, columns: Int) {
        self.init(floats, rows: rows, columns: columns, stride: columns)
    }
}

/// Square images in an arena, pixel by pixel, their channels padded to a multiple of 16.
public struct ImageSpan {
    let view: ImageView

    public var count: Int { view.count }
    /// Rows, and columns, of an image.
    public var size: Int { view.size }
    public var channels: Int { view.channels }

    /// - Parameter stride: Floats from one pixel to the next: more than `channels` where other
    ///   images' channels lie between.
    public init(_ floats: FloatSpan, count: Int, size: Int, channels: Int, stride: Int) {
        precondition(
            count > 0 && size > 0 && channels > 0 && channels % 16 == 0 && stride >= channels
                && stride % 16 == 0
                && (count * size * size - 1) * stride + channels <= floats.count,
            """
            \(count) images of \(size)² pixels, \(channels) channels, \(stride) apart, \
            in \(floats.count) floats
            """)
        view = ImageView(
            base: floats.base, count: count, size: size, channels: channels, stride: stride)
    }

    /// A row a pixel.
    public var rows: RowSpan {
        let count = count * size * size
        return RowSpan(
            FloatSpan(base: view.base, count: (count - 1) * view.stride + channels), rows: count,
            columns: channels, stride: view.stride)
    }

    /// Takes images over, times `scale`.
    ///
    /// - Parameter values: Shape `[count, size, size, width]`; further channels become 0.
    public func set(_ values: ArraySlice<Float>, width: Int, scale: Float = 1) {
        let pixels = count * size * size
        precondition(
            values.count == pixels * width && width <= channels,
            "\(values.count) values for \(pixels) pixels of \(width)")
        values.withUnsafeBufferPointer { values in
            for p in 0..<pixels {
                let pixel = view.base + p * view.stride
                for c in 0..<width { pixel[c] = scale * values[p * width + c] }
                for c in width..<channels { pixel[c] = 0 }
            }
        }
    }

    /// Hands out the first `width` channels, shape `[count, size, size, width]`.
    public func get(width: Int) -> [Float] {
        precondition(width <= channels, "\(width) of \(channels) channels")
        let pixels = count * size * size
        return [Float](unsafeUninitializedCapacity: pixels * width) { buffer, initialized in
            for p in 0..<pixels {
                for c in 0..<width { buffer[p * width + c] = view.base[p * view.stride + c] }
            }
            initialized = pixels * width
        }
    }

    /// Whether both have as many images of the same size and channels.
    func hasShape(of other: ImageSpan) -> Bool {
        count == other.count && size == other.size && channels == other.channels
    }
}
