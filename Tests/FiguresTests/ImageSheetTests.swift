import Foundation
import Testing

@testable import Figures
@testable import Sweeps

/// A kind that keeps images of two concepts: of each one colour, which says what it is of.
private struct PaintingKind: TrialKind {
    let name = "painting"
    let version = 1
    let parameters = [
        Parameter("data.size", .integer(1...9), "pixels"),
        Parameter("task.signal", .number(0...10), "μ"),
    ]

    func metrics(of configuration: Configuration) -> [Metric] { [] }

    func arrays(of configuration: Configuration) -> [TrialArray.Declaration] {
        ["00", "01", "10", "11"].map { digits in
            TrialArray.Declaration(
                "sample/\(digits)",
                words: [
                    digits.hasPrefix("0") ? "red" : "blue", digits.hasSuffix("0") ? "big" : "small",
                ])
        }
    }

    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        throw CancellationError()
    }

    /// Three images of 2 × 2 pixels of each class; red is the trial's number, green the step's
    /// place, blue ten times the class and the image's place.
    static func row(_ number: Int, steps: [UInt32], outcome: Outcome = .finished) -> TrialRow {
        let arrays = ["00", "01", "10", "11"].enumerated().map { c, digits in
            TrialArray(
                name: "sample/\(digits)", steps: steps, shape: [3, 2, 2, 3],
                bytes: steps.indices.flatMap { s in
                    (0..<3).flatMap { i in
                        (0..<4).flatMap { _ in [UInt8(number), UInt8(s), UInt8(10 * c + i)] }
                    }
                })
        }
        return TrialRow(
            number: number, state: .finished, attempt: 1,
            result: TrialResult(
                outcome: outcome, digest: Digest256(hashing: []), curves: [], scalars: [],
                arrays: arrays))
    }
}

@Suite("A sheet of images")
struct ImageSheetTests {
    /// Two cells with three seeds each.
    private func plan() throws -> Plan {
        try Plan(
            name: "fig6", kind: PaintingKind(),
            axes: [Axis(name: "task.signal", keys: ["task.signal"], rows: [[0.3], [0.5]])],
            seeds: Seeds(count: 3, root: 0), fixed: Configuration())
    }

    private static let all = ["00", "01", "10", "11"].map { "sample/\($0)" }

    private func sheet(_ spec: ImagesSpec, _ rows: [TrialRow]) throws -> Sheet {
        var sheet = try ImageSheet(spec, plan: plan())
        for row in rows { sheet.add(row) }
        return try sheet.sheet()
    }

    /// Red, green and blue of the first pixel of each image of a place.
    private func colors(_ sheet: Sheet, _ row: Int, _ column: Int) -> [[UInt8]] {
        sheet.rows[row].tiles[column].map { Array($0.prefix(3)) }
    }

    @Test("has a row for each class of the first seed of each cell, and a column for each time")
    func course() throws {
        let rows = [
            PaintingKind.row(3, steps: [100, 900, 2000]),
            PaintingKind.row(2, steps: [100, 900, 2000]),
            PaintingKind.row(5, steps: [100, 900, 2000]),
        ]
        let sheet = try sheet(ImagesSpec(name: "s", arrays: Self.all, each: 2), rows)
        #expect(sheet.title == "fig6, seed 2")
        #expect(sheet.columns == ["100", "900", "2000"] && sheet.columnTitle == "step")
        #expect(sheet.rowTitle == "task.signal")
        let labels = ["red, big", "red, small", "blue, big", "blue, small"]
        #expect(
            sheet.rows.map(\.label) == labels.map { "0.3 · \($0)" } + labels.map { "0.5 · \($0)" })
        #expect(colors(sheet, 0, 0) == [[2, 0, 0], [2, 0, 1]])
        #expect(colors(sheet, 7, 2) == [[5, 2, 30], [5, 2, 31]])
        #expect(
            sheet.rows.map(\.opensGroup) == [true, false, false, false, true, false, false, false])
    }

    @Test("takes the nearest images to the times that are asked for, none after a divergence")
    func times() throws {
        let rows = [
            PaintingKind.row(1, steps: [100, 900, 2000]),
            PaintingKind.row(4, steps: [100, 800], outcome: .diverged(step: 1000)),
        ]
        let sheet = try sheet(
            ImagesSpec(name: "s", arrays: ["sample/11"], times: [90, 850, 1800]), rows)
        #expect(sheet.columns == ["100", "≈ 850", "2000"])
        #expect(sheet.rows.map(\.label) == ["0.3", "0.5 · diverged"])
        #expect(sheet.title == "fig6, blue, small, seed 1")
        #expect(colors(sheet, 0, 1) == [[1, 1, 30]] && colors(sheet, 1, 1) == [[4, 1, 30]])
        #expect(colors(sheet, 1, 2) == [])
    }

    @Test("is a grid by concept where one time is asked for")
    func grid() throws {
        let rows = [
            PaintingKind.row(1, steps: [100, 900]), PaintingKind.row(2, steps: [100, 900]),
        ]
        let sheet = try sheet(
            ImagesSpec(name: "s", arrays: Self.all, times: [1000], each: 3, seed: 2), rows)
        #expect(sheet.title == "fig6, step 900, seed 2, selected")
        #expect(sheet.columns == ["big", "small"] && sheet.rows.map(\.label) == ["red", "blue"])
        #expect(sheet.tilesAcross == 2)
        #expect(colors(sheet, 1, 1) == [[2, 1, 30], [2, 1, 31], [2, 1, 32]])
    }

    @Test("shows a dozen times at most, evenly, the first and the last among them")
    func thinned() throws {
        let steps = (1...60).map { UInt32(10 * $0) }
        let sheet = try sheet(
            ImagesSpec(name: "s", arrays: ["sample/11"]), [PaintingKind.row(1, steps: steps)])
        #expect(sheet.columns.count == 12)
        #expect(sheet.columns.first == "10" && sheet.columns.last == "600")
    }

    @Test("leaves out cells where the condition is false, and says when nothing is there yet")
    func missing() throws {
        let plan = try self.plan()
        let spec = ImagesSpec(
            name: "s", arrays: ["sample/11"], condition: try plan.condition("task.signal == 0.5"))
        #expect(throws: FigureError.noImages(["sample/11"])) {
            try sheet(spec, [PaintingKind.row(1, steps: [100])])
        }
        #expect(try sheet(spec, [PaintingKind.row(4, steps: [100])]).rows.map(\.label) == [""])
        #expect(throws: FigureError.noImages(["sample/11"])) {
            try sheet(spec, [PaintingKind.row(4, steps: [])])
        }
    }

    @Test("refuses what are no images, and images of several sizes")
    func shapes() throws {
        func row(_ number: Int, _ shape: [Int]) -> TrialRow {
            let array = TrialArray(
                name: "sample/11", steps: [1], shape: shape,
                bytes: Array(repeating: 0, count: shape.reduce(1, *)))
            return TrialRow(
                number: number, state: .finished, attempt: 1,
                result: TrialResult(
                    outcome: .finished, digest: Digest256(hashing: []), curves: [], scalars: [],
                    arrays: [array]))
        }
        let spec = ImagesSpec(name: "s", arrays: ["sample/11"])
        #expect(throws: FigureError.notImages("sample/11", shape: [4, 3])) {
            try sheet(spec, [row(1, [4, 3])])
        }
        #expect(throws: FigureError.imagesDiffer([1, 2, 2, 3], [1, 4, 4, 3])) {
            try sheet(spec, [row(1, [1, 2, 2, 3]), row(4, [1, 4, 4, 3])])
        }
    }

    @Test("puts each image's pixels in their places, white between them", arguments: [1, 3])
    func mosaic(zoom: Int) throws {
        let sheet = try sheet(
            ImagesSpec(name: "s", arrays: ["sample/00", "sample/01"], each: 2),
            [PaintingKind.row(1, steps: [100, 900]), PaintingKind.row(4, steps: [100])])
        let mosaic = Mosaic(sheet, zoom: zoom)
        // Two columns, 3 apart; four places of two images with 1 between, 3, 8 and 3 apart.
        #expect(mosaic.width == 2 + 3 + 2 && mosaic.height == 4 * 5 + 3 + 8 + 3)
        #expect(mosaic.pixels.count == 3 * zoom * zoom * mosaic.width * mosaic.height)
        func color(_ x: Int, _ y: Int) -> [UInt8] {
            let places = (0..<zoom).flatMap { row in
                (0..<zoom).map { column in
                    3 * ((y * zoom + row) * mosaic.width * zoom + x * zoom + column)
                }
            }
            let colors = Set(places.map { Array(mosaic.pixels[$0..<$0 + 3]) })
            #expect(colors.count == 1)
            return colors.first ?? []
        }
        #expect(color(0, 0) == [1, 0, 0] && color(1, 1) == [1, 0, 0])
        #expect(color(2, 0) == [255, 255, 255] && color(0, 2) == [255, 255, 255])
        #expect(color(5, 3) == [1, 1, 1] && color(6, 12) == [1, 1, 11])
        #expect(color(0, 20) == [255, 255, 255])
        #expect(color(0, 21) == [4, 0, 0] && color(5, 21) == [4, 0, 0])
    }

    @Test("is drawn by gnuplot with its labels, in each format", arguments: FigureFormat.allCases)
    func drawn(format: FigureFormat) async throws {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "swingby-sheet-\(UUID().uuidString).\(format.rawValue)")
        defer { try? FileManager.default.removeItem(at: file) }
        let sheet = try sheet(
            ImagesSpec(name: "s", arrays: Self.all), [PaintingKind.row(1, steps: [100, 900])])
        try await sheet.write(to: file.path(percentEncoded: false))
        let picture = try Data(contentsOf: file)
        switch format {
        case .svg:
            let text = String(decoding: picture, as: UTF8.self)
            for words in ["<image", "fig6, seed 1", "blue, small", "900", "step"] {
                #expect(text.contains(words), "\(words)")
            }
        case .png: #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        case .pdf: #expect(picture.starts(with: Data("%PDF-".utf8)))
        }
        #expect(picture.count > 2000)
    }

    @Test("of data has a row for each class")
    func data() throws {
        func images(_ count: Int) -> TrialArray {
            TrialArray(
                name: "data/0", steps: [0], shape: [count, 2, 2, 3],
                bytes: Array(repeating: 7, count: 12 * count))
        }
        let sheet = try Sheet(
            title: "data",
            data: [
                DataImages(label: "red", images: images(3)),
                DataImages(label: "blue", images: images(2)),
            ])
        #expect(sheet.tilesAcross == 3 && sheet.rows.map { $0.tiles[0].count } == [3, 2])
        #expect(Mosaic(sheet, zoom: 1).width == 8)
        #expect(throws: FigureError.noImages([])) { try Sheet(title: "data", data: []) }
    }
}
