import Foundation
import Testing

@testable import Figures
@testable import Sweeps

@Suite("A picture drawn by gnuplot")
final class PictureTests {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "swingby-figures-test-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func figure(_ plan: Plan = .closedForm(axes: [.signal], seeds: 3)) throws -> PlaneFigure {
        try PlaneFigure(
            PlaneSpec(name: "path", x: "output/1", y: "output/2", theory: true), plan: plan,
            rows: plan.closedFormRows())
    }

    func path(_ name: String) -> String {
        folder.appending(path: name).path(percentEncoded: false)
    }

    @Test("is an SVG with a line for each path, the same bytes each time")
    func svg() async throws {
        try await figure().write(to: path("a.svg"))
        try await figure().write(to: path("b.svg"))
        let first = try Data(contentsOf: folder.appending(path: "a.svg"))
        #expect(try first == Data(contentsOf: folder.appending(path: "b.svg")))
        let text = String(decoding: first, as: UTF8.self)
        for color in ["  0, 114, 178", "213,  94,   0", "  0, 158, 115"] {
            #expect(text.contains("stroke='rgb(\(color))'"), "\(color)")
        }
        for words in ["[3,2]", "fig2a", "concept 1 output", "theory", "every 5 epochs"] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path("")).sorted()
                == ["a.svg", "b.svg"])
    }

    @Test("is a PNG, twice as fine as it is looked at")
    func png() async throws {
        let figure = try figure()
        try await figure.write(to: path("a.png"))
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "a.png")))
        #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        let size = [16, 20].map { at in bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect(size == [1800, 2 * Int(PanelGrid(title: "", panels: [figure]).layout.height)])
    }

    @Test("is a PDF")
    func pdf() async throws {
        try await figure().write(to: path("a.PDF"))
        #expect(
            try Data(contentsOf: folder.appending(path: "a.PDF")).starts(with: Data("%PDF-".utf8)))
    }

    @Test("can be drawn from the folder of script and data alone")
    func script() async throws {
        try await figure().write(to: path("kept"))
        let names = try FileManager.default.contentsOfDirectory(atPath: path("kept"))
        #expect(try names.sorted() == figure().files().map(\.name).sorted())
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gnuplot", "-d", "figure.gp"]
        process.currentDirectoryURL = folder.appending(path: "kept")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        try await figure().write(to: path("direct.svg"))
        #expect(
            try Data(contentsOf: folder.appending(path: "kept/figure.svg"))
                == Data(contentsOf: folder.appending(path: "direct.svg")))
    }

    /// Each would do something, or break the script or the SVG, if it reached gnuplot unquoted.
    @Test(
        "shows hostile names as they are",
        arguments: [
            "`touch owned`", "'; system('touch owned'); '", "\"; !touch owned",
            "a\nset output 'owned'",
            "\\", "a'", "{/Symbol a}_b^c@d&{e}", "<script>alert(1)</script>", "%g %s %n", "@macro",
            "'\u{301}; system('touch owned')",
            "line\u{1B}[31m", "\u{202E}abc", "",
        ])
    func hostileNames(name: String) async throws {
        let axis = Axis(
            name: name + " axis", keys: ["task.variance"],
            rows: [[.number(0.05)], [.number(0.5)]], labels: [name, name + "2"])
        let plan = Plan.closedForm(name: name, axes: [axis], seeds: 2)
        try await figure(plan).write(to: path("hostile.svg"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("")) == ["hostile.svg"])
        let text = String(
            decoding: try Data(contentsOf: folder.appending(path: "hostile.svg")), as: UTF8.self)
        var shown = name.visible
        for (plain, escaped) in [("&", "&amp;"), ("<", "&lt;"), ("'", "’")] {
            shown = shown.replacingOccurrences(of: plain, with: escaped, options: .literal)
        }
        #expect(text.contains(shown + "2"))
        #expect(!text.contains("<script"))
    }

    @Test("needs gnuplot, and says which package has it")
    func missing() async throws {
        let figure = try figure()
        let error = await #expect(throws: FigureError.self) {
            try await figure.write(
                to: self.path("a.svg"), gnuplot: Gnuplot(executable: "no-such-gnuplot"))
        }
        #expect(error == .gnuplotMissing(executable: "no-such-gnuplot"))
        #expect("\(try #require(error))".contains("gnuplot-nox"))
        #expect(!FileManager.default.fileExists(atPath: path("a.svg")))
    }

    @Test("shows what gnuplot says when it fails")
    func failure() async throws {
        let file = FigureFile(name: "figure.gp", contents: "plot 'no-such-file.dat'\n")
        let error = await #expect(throws: FigureError.self) {
            _ = try await Gnuplot().picture(of: [file], format: .svg)
        }
        #expect("\(try #require(error))".contains("no-such-file.dat"))
    }

    @Test("stops a gnuplot that takes too long")
    func timeLimit() async throws {
        let file = FigureFile(name: "figure.gp", contents: "pause 600\n")
        await #expect(throws: FigureError.timedOut(.milliseconds(200))) {
            _ = try await Gnuplot(timeLimit: .milliseconds(200)).picture(of: [file], format: .svg)
        }
    }

    @Test("is refused for other kinds of file and for places that cannot be written")
    func unwritable() async throws {
        let figure = try figure()
        let other = path("a.jpg")
        await #expect(throws: FigureError.unknownFormat(path: other)) {
            try await figure.write(to: other)
        }
        let error = await #expect(throws: FigureError.self) {
            try await figure.write(to: self.path("no/such/folder/a.svg"))
        }
        #expect("\(try #require(error))".contains("cannot be written"))
    }
}
