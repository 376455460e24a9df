import Testing

@testable import Sweeps

@Suite("The Sobol sequence")
struct SobolTests {
    /// Computed with scipy 1.17.1: `qmc.Sobol(d=40, scramble=False, bits=32).random(4096)`, the
    /// coordinates times 2³².
    @Test("is that of scipy, in 40 dimensions")
    func scipy() {
        #expect(Sobol.dimensionLimit == 40)
        let known: [Int: [UInt32]] = [
            1: [
                2_147_483_648, 2_147_483_648, 2_147_483_648, 2_147_483_648, 2_147_483_648,
                2_147_483_648, 2_147_483_648,
            ],
            2: [
                3_221_225_472, 1_073_741_824, 1_073_741_824, 1_073_741_824, 3_221_225_472,
                1_073_741_824, 1_073_741_824,
            ],
            3: [
                1_073_741_824, 3_221_225_472, 3_221_225_472, 3_221_225_472, 1_073_741_824,
                3_221_225_472, 3_221_225_472,
            ],
            100: [
                1_778_384_896, 1_107_296_256, 3_321_888_768, 3_120_562_176, 1_979_711_488,
                3_254_779_904, 570_425_344,
            ],
            1000: [
                943_718_400, 415_236_096, 2_227_175_424, 2_906_652_672, 364_904_448, 2_243_952_640,
                2_059_403_264,
            ],
            4095: [
                1_048_576, 4_042_260_480, 1_435_500_544, 3_872_391_168, 2_446_327_808, 969_932_800,
                976_224_256,
            ],
        ]
        for (index, bits) in known {
            let own = [0, 1, 2, 3, 10, 20, 39].map { Sobol.bits(index, dimension: $0) }
            #expect(own == bits, "point \(index)")
        }
        let all = (0..<4096).flatMap { index in
            (0..<40).flatMap { dimension -> [UInt8] in
                let bits = Sobol.bits(index, dimension: dimension)
                return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            }
        }
        #expect(
            Digest256(hashing: all).description
                == "8e1fe9cbe92b38990a43881003ad5c00ea84e6a17165f607d3c02768333a3497")
    }
}

@Suite("A sweep that is drawn")
struct DrawnPlanTests {
    private static func text(_ method: String, draws: Int = 64) -> String {
        """
        name: drawn
        method: \(method)
        draws: \(draws)
        parameters:
          train.learning_rate: {min: 1e-4, max: 1, scale: log}
          model.layers: {min: 1, max: 4}
          model.bias: {values: [true, false]}
        seeds: {count: 2, root: 7}
        """
    }

    @Test(
        "has as many different cells as it asks for, in their intervals",
        arguments: ["random", "sobol"])
    func cells(method: String) throws {
        let plan = try readSweep(Self.text(method)).plan
        #expect(plan.cellCount == 64)
        #expect(plan.trialCount == 128)
        let cells = (0..<64).map { plan.cell(at: $0) }
        #expect(Set(cells.map(\.configuration)).count == 64)
        for cell in cells {
            let rate = cell.configuration["train.learning_rate"]?.number ?? 0
            #expect((1e-4...1).contains(rate))
            #expect(roundedTo12Digits(rate) == rate)
        }
        let layers = cells.compactMap { $0.configuration["model.layers"]?.integer }
        #expect(Set(layers) == [1, 2, 3, 4])
        #expect(Set(cells.compactMap { $0.configuration["model.bias"]?.flag }).count == 2)
    }

    @Test(
        "keeps its cells when more are drawn, and has others by another root",
        arguments: ["random", "sobol"])
    func prefix(method: String) throws {
        let few = try readSweep(Self.text(method)).plan
        let many = try readSweep(Self.text(method, draws: 200)).plan
        let other = try readSweep(Self.text(method), ["seeds.root=8"]).plan
        func configurations(_ plan: Plan) -> [Configuration] {
            (0..<64).map { plan.cell(at: $0).configuration }
        }
        #expect(configurations(few) == configurations(many))
        #expect(Set(configurations(few)).isDisjoint(with: configurations(other)))
        #expect(
            try readSweep(Self.text(method, draws: 3), ["draws=64"]).plan.identity == few.identity)
    }

    @Test("fills every part of an interval evenly by sobol")
    func evenness() throws {
        let plan = try readSweep(Self.text("sobol")).plan
        var counts = [Int](repeating: 0, count: 8)
        for index in 0..<64 {
            let rate = plan.cell(at: index).configuration["train.learning_rate"]?.number ?? 0
            // The interval is four decades wide; half a decade is an eighth.
            let edges = geomspace(start: 1e-4, stop: 1, count: 9)
            counts[min(7, edges.lastIndex { $0 <= rate } ?? 0)] += 1
        }
        #expect(counts == Array(repeating: 8, count: 8))
    }

    @Test("says how many it can draw where there are too few")
    func tooFew() {
        #expect(
            complaints(
                about: Array(
                    """
                    name: few
                    method: random
                    draws: 9
                    parameters: {model.bias: {values: [true, false]}, model.layers: {min: 1, max: 4}}
                    """.utf8)) == [
                    "f.yaml:3:1: only 8 different cells could be drawn; ask for at most so many, "
                        + "or write method: grid"
                ])
    }
}

@Suite("A list of cells")
struct ListedPlanTests {
    private static func read(
        _ table: String, _ text: String = "name: listed\nmethod: list\nrows: cells.csv\n"
    ) throws -> SweepFile {
        let bytes = Array(table.utf8)
        let attachment = Attachment(
            name: "cells.csv", digest: Digest256(hashing: bytes), bytes: bytes)
        return try SweepFile(
            text: Array(text.utf8), path: "f.yaml", files: SentAttachments([attachment]),
            kinds: [ToyKind()])
    }

    @Test("has a cell a line, in their order; an empty field leaves its key out")
    func lines() throws {
        let file = try Self.read(
            "task.signal,model.layers,task.dimension,model.activation\r\n"
                + "\"[1, 2]\",1,8,\r\n"
                + "\"[3, 2]\", 2 ,8,relu\r\n\r\n"
                + "\"[1,2]\",2,8,none\r\n")
        let plan = file.plan
        #expect(plan.cellCount == 3)
        #expect(plan.axes.map(\.name) == ["task.signal", "model.layers", "model.activation"])
        #expect(plan.cell(at: 0).rows == [0, 0, nil])
        #expect(plan.cell(at: 1).rows == [1, 1, 0])
        #expect(plan.cell(at: 2).rows == [0, 1, 1])
        #expect(plan.cell(at: 1).configuration["model.activation"] == .text("relu"))
        #expect(plan.cell(at: 2).configuration["task.dimension"] == .number(8))
        #expect(file.attachments.map(\.name) == ["cells.csv"])
        // What came with the sweep is enough to plan it again.
        let again = try SweepFile(
            text: Array("name: listed\nmethod: list\nrows: cells.csv\n".utf8), path: "f.yaml",
            files: SentAttachments(file.attachments), kinds: [ToyKind()])
        #expect(again.plan.identity == plan.identity)
    }

    @Test(
        "is refused at the place of its fault",
        arguments: [
            (
                "",
                "cells.csv:1:1: no cells; the first line names the keys, each other line is a cell"
            ),
            (
                "model.layers\n",
                "cells.csv:1:1: no cells; the first line names the keys, each "
                    + "other line is a cell"
            ),
            (
                "model.layer\n1\n",
                "cells.csv:1:1: unknown parameter 'model.layer' of sim; "
                    + "did you mean 'model.layers'?"
            ),
            (
                "model.layers,model.bias\n1,true\n2\n",
                "cells.csv:3:1: 1 fields for 2 keys; give each key one, a list in quotes: "
                    + "\"[1, 2]\""
            ),
            (
                "task.signal\n[1, 2]\n",
                "cells.csv:2:1: 2 fields for 1 keys; give each key one, "
                    + "a list in quotes: \"[1, 2]\""
            ),
            (
                "model.layers,model.bias\n1,\"true\n",
                "cells.csv:2:3: the quote that begins here has no end; close it"
            ),
            (
                "model.layers\n\"1\"2\n",
                "cells.csv:2:4: text after a closing quote; write a quote within as two"
            ),
            (
                "model.layers\n1\n99\n",
                "cells.csv:3:1: model.layers is 99; it must be a whole "
                    + "number from 1 to 32"
            ),
            (
                "model.layers\n1\n2\n1\n", "cells.csv:4:1: the same cell as in line 2; keep one"
            ),
            (
                "model.layers,model.layers\n1,2\n3,4\n",
                "cells.csv:1:14: model.layers is given twice; keep one"
            ),
            (
                "model.layers\nnan\n",
                "cells.csv:2:1: model.layers is 'nan'; it must be a whole "
                    + "number from 1 to 32"
            ),
        ])
    func faults(table: String, message: String) {
        let errors = #expect(throws: SweepFileErrors.self) { try Self.read(table) }
        #expect(errors?.description == message)
    }
}

@Suite("A sweep file of W&B")
struct ForeignFileTests {
    @Test("is taken as it is, with a note on what does nothing here")
    func grid() throws {
        let file = try readSweep(
            """
            program: train.py
            name: wandb
            method: grid
            metric: {name: val_loss, goal: minimize}
            command:
              - ${env}
              - python
            parameters:
              model:
                parameters:
                  layers: {values: [1, 2]}
                  bias: {value: false}
              train.learning_rate:
                distribution: categorical
                values: [0.1, 0.01]
            """)
        #expect(file.plan.cellCount == 4)
        #expect(file.plan.axes.map(\.name) == ["model.layers", "train.learning_rate"])
        #expect(file.plan.cell(at: 0).configuration["model.bias"] == .flag(false))
        #expect(
            file.notes.map(\.description) == [
                "f.yaml:1:1: 'program' does nothing here: a kind of trial has its own code",
                "f.yaml:4:1: 'metric' does nothing here: tables say what is measured",
                "f.yaml:5:1: 'command' does nothing here: a kind of trial has its own code",
            ])
    }

    @Test("may draw its values by its own words")
    func distributions() throws {
        let plan = try readSweep(
            """
            name: wandb
            method: random
            draws: 20
            parameters:
              train.learning_rate: {distribution: log_uniform_values, min: 0.001, max: 0.1}
              model.layers: {distribution: int_uniform, min: 1, max: 3}
            """
        ).plan
        let rates = (0..<20).compactMap {
            plan.cell(at: $0).configuration["train.learning_rate"]?.number
        }
        #expect(rates.allSatisfy { (0.001...0.1).contains($0) })
        #expect(rates.count { $0 < 0.01 } > 3)
    }
}
