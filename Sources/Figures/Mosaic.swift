/// The pixels of a sheet: its images side by side, white between them.
struct Mosaic {
    private static let white: UInt8 = 255
    /// Pixels of images between two of one place, two places, two trials.
    private static let gaps = (tile: 1, block: 3, group: 8)

    /// In pixels of images.
    let width: Int
    let height: Int
    /// How many times larger the data are.
    let zoom: Int
    /// Red, green and blue, shape `[height · zoom, width · zoom, 3]`.
    private(set) var pixels: [UInt8]
    /// Of each column and each row of the sheet.
    let columnMiddles: [Double]
    let rowMiddles: [Double]
    /// From one column to the next.
    let columnWidth: Double

    init(_ sheet: Sheet, zoom: Int) {
        let gaps = Self.gaps
        let across = sheet.tilesAcross * (sheet.tileWidth + gaps.tile) - gaps.tile
        let lefts = sheet.columns.indices.map { $0 * (across + gaps.block) }
        var tops: [Int] = []
        var heights: [Int] = []
        var bottom = 0
        for (i, row) in sheet.rows.enumerated() {
            let most = max(1, row.tiles.map(\.count).max() ?? 1)
            let lines = (most + sheet.tilesAcross - 1) / sheet.tilesAcross
            let gap = row.opensGroup ? gaps.group : gaps.block
            tops.append(i == 0 ? 0 : bottom + gap)
            heights.append(lines * (sheet.tileHeight + gaps.tile) - gaps.tile)
            bottom = tops[i] + heights[i]
        }
        width = (lefts.last ?? 0) + across
        height = bottom
        self.zoom = zoom
        columnMiddles = lefts.map { Double($0) + Double(across) / 2 }
        rowMiddles = zip(tops, heights).map { Double($0) + Double($1) / 2 }
        columnWidth = Double(across + gaps.block)
        pixels = Array(repeating: Self.white, count: 3 * zoom * zoom * width * height)
        for (top, row) in zip(tops, sheet.rows) {
            for (left, tiles) in zip(lefts, row.tiles) {
                for (i, tile) in tiles.enumerated() {
                    let (line, place) = i.quotientAndRemainder(dividingBy: sheet.tilesAcross)
                    paint(
                        tile, width: sheet.tileWidth, height: sheet.tileHeight,
                        x: left + place * (sheet.tileWidth + gaps.tile),
                        y: top + line * (sheet.tileHeight + gaps.tile))
                }
            }
        }
    }

    private mutating func paint(_ tile: Sheet.Tile, width: Int, height: Int, x: Int, y: Int) {
        for row in 0..<height * zoom {
            for column in 0..<width * zoom {
                let from = tile.startIndex + 3 * (row / zoom * width + column / zoom)
                let to = 3 * ((y * zoom + row) * self.width * zoom + x * zoom + column)
                for k in 0..<3 { pixels[to + k] = tile[from + k] }
            }
        }
    }
}
