internal import Foundation
public import Sweeps

/// Images in rows and columns, with a text beside each row and below each column.
public struct Sheet: Drawing {
    /// One picture in the sheet: red, green and blue of each pixel, row by row.
    typealias Tile = ArraySlice<UInt8>

    struct Row: Sendable {
        let label: String
        /// The images of each column; none where there are none.
        let tiles: [[Tile]]
        /// Whether what is above it is of another trial.
        let opensGroup: Bool
    }

    /// How much larger than the images' pixels the data are: viewers of vector formats smooth what
    /// they enlarge.
    static let zoom = 4
    private static let edge = 64.0
    private static let widest = 1040.0

    let title: String
    let rowTitle: String
    let columnTitle: String
    let columns: [String]
    let rows: [Row]
    /// Images of a place side by side.
    let tilesAcross: Int
    /// Of an image, in pixels.
    let tileHeight: Int
    let tileWidth: Int

    /// A row for each class of images.
    ///
    /// - Throws: `FigureError`, when there is no image.
    public init(title: String, data: [DataImages]) throws(FigureError) {
        guard let most = data.map({ $0.images.shape.first ?? 0 }).max(), most > 0 else {
            throw .noImages(data.map(\.images.name))
        }
        var rows: [Row] = []
        for row in data {
            let tiles = try row.images.tiles(at: 0, count: most)
            rows.append(Row(label: row.label, tiles: [tiles], opensGroup: false))
        }
        self.init(
            title: title, rowTitle: "", columnTitle: "", columns: [""], rows: rows,
            tilesAcross: most, of: data[0].images)
    }

    init(
        title: String, rowTitle: String, columnTitle: String, columns: [String], rows: [Row],
        tilesAcross: Int, of array: TrialArray
    ) {
        self.title = title
        self.rowTitle = rowTitle
        self.columnTitle = columnTitle
        self.columns = columns
        self.rows = rows
        self.tilesAcross = tilesAcross
        (tileHeight, tileWidth) = (array.shape[1], array.shape[2])
    }

    public func files(format: FigureFormat = .svg) -> [FigureFile] {
        let mosaic = Mosaic(self, zoom: format == .png ? 1 : Self.zoom)
        return [
            FigureFile(
                name: "figure.gp", contents: script(mosaic, format).joined(separator: "\n") + "\n"),
            FigureFile(name: "images.rgb", bytes: mosaic.pixels),
        ]
    }

    private func script(_ mosaic: Mosaic, _ format: FigureFormat) -> [String] {
        let (width, height) = (Double(mosaic.width), Double(mosaic.height))
        let scale = min(Self.edge / Double(tileWidth), Self.widest / width)
        let longest = rows.map(\.label.count).max() ?? 0
        let left = 24.0 + 7.4 * Double(min(longest, 40)) + (rowTitle.isEmpty ? 0 : 26)
        let hasColumns = columns != [""]
        let isSlanted = hasColumns && isCrowded(columnWidth: scale * mosaic.columnWidth)
        let longestColumn = columns.map(\.count).max() ?? 0
        let bottom =
            (hasColumns ? isSlanted ? 24 + 6 * Double(longestColumn) : 30 : 14)
            + (columnTitle.isEmpty ? 0 : 24)
        let right = 20.0
        let total = max(left + scale * width + right, 9.5 * Double(min(title.count, 90)) + 40)
        let tall = Frame.marginTop + scale * height + bottom
        let area = Area(
            left: left / total, right: (left + scale * width) / total, bottom: bottom / tall,
            top: 1 - Frame.marginTop / tall, ratio: 1, legend: nil)
        func tics(_ labels: [String], _ places: [Double]) -> String {
            zip(labels, places).map { "\(PlaneFigure.quoted($0)) \(PlaneFigure.text($1))" }
                .joined(separator: ", ")
        }
        let text = "nomirror out scale 0 textcolor rgb '#222222'"
        let step = PlaneFigure.text(1 / Double(mosaic.zoom))
        let first = PlaneFigure.text(0.5 / Double(mosaic.zoom))
        return ["# Images that trials kept. To draw it again: gnuplot figure.gp"]
            + format.heading(width: total.rounded(.up), height: tall.rounded(.up)) + area.margins
            + [
                "set title \(PlaneFigure.quoted(title)) font 'DejaVu Sans,16' offset 0,-0.2",
                "unset border", "set key off",
                hasColumns
                    ? "set xtics (\(tics(columns, mosaic.columnMiddles))) \(text)"
                        + (isSlanted ? " rotate by 45 right" : " norotate") : "unset xtics",
                "set ytics (\(tics(rows.map(\.label), mosaic.rowMiddles))) \(text)",
                "set xlabel \(PlaneFigure.quoted(columnTitle))",
                "set ylabel \(PlaneFigure.quoted(rowTitle))",
                "set xrange [0:\(mosaic.width)]", "set yrange [\(mosaic.height):0]",
                "plot 'images.rgb' binary array=(\(mosaic.width * mosaic.zoom),"
                    + "\(mosaic.height * mosaic.zoom)) dx=\(step) dy=\(step) "
                    + "origin=(\(first),\(first)) format='%uchar' with rgbimage notitle",
            ]
    }

    private func isCrowded(columnWidth: Double) -> Bool {
        columns.contains { 8.2 * Double($0.count) + 6 > columnWidth }
    }
}

extension TrialArray {
    /// Whether it holds images in colour.
    var hasImages: Bool { shape.count == 4 && shape[3] == 3 && shape[1] > 0 && shape[2] > 0 }

    /// The first images of one of its steps.
    ///
    /// - Throws: `FigureError`, where it holds something else than images in colour.
    func tiles(at index: Int, count: Int) throws(FigureError) -> [Sheet.Tile] {
        guard hasImages else { throw .notImages(name, shape: shape) }
        let all = bytes(at: index)
        let size = shape[1] * shape[2] * 3
        return (0..<min(count, shape[0])).map { i in
            all[all.startIndex + i * size..<all.startIndex + (i + 1) * size]
        }
    }
}
