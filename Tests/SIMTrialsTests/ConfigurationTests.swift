import Sweeps
import Testing

@testable import SIMTrials

@Suite("The configuration of a SIM trial")
struct ConfigurationTests {
    private let kind = SIMKind()

    @Test("writes out the authors' defaults")
    func defaults() throws {
        let complete = try kind.complete(Configuration())
        #expect(
            complete.canonicalText == """
                {"log.every":20,"measure.full_loss":false,"measure.jacobian":false,\
                "measure.nodes":false,"model.bias":true,"model.initialization":"torch",\
                "model.layers":1,"model.scale":1,"task.dimension":64,"task.kind":"identity",\
                "task.origin":true,"task.rotation":true,"task.samples":5000,"task.signal":[1,2],\
                "task.variance":[0.05,0.05],"train.batch_size":128,"train.epochs":40,\
                "train.learning_rate":0.1,"train.momentum":0,"train.optimizer":"sgd",\
                "train.weight_decay":0}
                """)
    }

    @Test(
        "completes a complete configuration to itself",
        arguments: [
            [:],
            ["task.deviation": 0.5, "train.steps": 7, "train.batch_size": "full"],
            ["model.layers": 3, "model.activation": "relu", "task.signal": [3]],
            ["task.kind": "concepts", "task.signal": [1, 2, 3, 4], "measure.nodes": true],
            ["task.kind": "truncated", "train.optimizer": "adamw", "train.weight_decay": 0.1],
            ["train.optimizer": "adam", "train.betas": [0.8, 0.9], "log.points": 9],
            ["model.initialization": "gaussian", "log.points": 9, "log.spacing": "log"],
            ["data.file": .text(someDigest), "init.file": .text(someDigest)],
        ] as [[String: Value]])
    func idempotent(values: [String: Value]) throws {
        let complete = try kind.complete(Configuration(values))
        #expect(try kind.complete(complete) == complete)
        #expect(complete.keys.allSatisfy { key in kind.parameters.contains { $0.name == key } })
    }

    @Test("lets one number stand for every concept, under the name that was given")
    func broadcast() throws {
        let complete = try kind.complete(
            Configuration(["task.signal": [1, 2, 3], "task.deviation": 0.5]))
        #expect(complete["task.deviation"] == [0.5, 0.5, 0.5])
        #expect(complete["task.variance"] == nil)
    }

    @Test("leaves out what one layer does not have")
    func conditional() throws {
        let one = try kind.complete(Configuration(["model.hidden": 7, "model.activation": "relu"]))
        #expect(one["model.hidden"] == nil && one["model.activation"] == nil)
        let two = try kind.complete(Configuration(["model.layers": 2]))
        #expect(two["model.hidden"] == 64 && two["model.activation"] == "none")
    }

    @Test("leaves out what another optimizer has, and what files have in place of it")
    func alternatives() throws {
        let adam = try kind.complete(
            Configuration(["train.optimizer": "adam", "train.momentum": 0.5]))
        #expect(adam["train.momentum"] == nil && adam["train.betas"] == [0.9, 0.999])
        let files = try kind.complete(
            Configuration([
                "data.file": .text(someDigest), "init.file": .text(someDigest), "task.variance": 3,
                "task.kind": "truncated", "model.scale": 2,
            ]))
        for key in [
            "task.kind", "task.variance", "task.origin", "task.rotation", "model.initialization",
            "model.scale",
        ] {
            #expect(files[key] == nil, "\(key)")
        }
        #expect(kind.steps(per: "epoch", of: files) == 40)
        #expect(kind.theory(of: files) == nil && kind.theory(of: adam) == nil)
    }

    @Test("has an origin unless the task is concepts, and a scale that depends on the kind of draw")
    func conditionalDefaults() throws {
        func complete(_ values: [String: Value]) throws -> Configuration {
            try kind.complete(Configuration(values))
        }
        #expect(try complete(["task.kind": "concepts"])["task.origin"] == false)
        #expect(try complete(["task.kind": "truncated"])["task.origin"] == true)
        let asked = try complete(["task.kind": "concepts", "task.origin": true])
        #expect(asked["task.origin"] == true)
        #expect(try complete(["model.initialization": "gaussian"])["model.scale"] == 0.01)
        #expect(try complete(["model.initialization": "nonnegative"])["model.scale"] == 1)
    }

    @Test("keeps steps where steps are given, and calls a batch of all points full")
    func duration() throws {
        let complete = try kind.complete(
            Configuration(["train.steps": 9, "task.samples": 2, "train.batch_size": 128]))
        #expect(complete["train.steps"] == 9 && complete["train.epochs"] == nil)
        #expect(complete["train.batch_size"] == "full")
    }

    @Test(
        "says which value is wrong, and what would be right",
        arguments: [
            (["task.dimension": 1_000_000_000], "task.dimension", "from 1 to 4096"),
            (["task.dimension": 2.5], "task.dimension", "a whole number"),
            (["task.signal": [1, 2, 3], "task.dimension": 2], "task.signal", "at least 3"),
            (["task.signal": [1, 0]], "task.signal", "from 1e-06"),
            (["task.signal": []], "task.signal", "1 to 64 numbers"),
            (["task.variance": 0.1, "task.deviation": 0.1], "task.deviation", "keep the one"),
            (["task.variance": [0.1, 0.1, 0.1]], "task.variance", "3 values for 2 concepts"),
            (["task.variance": -1], "task.variance", "from 0"),
            (["train.epochs": 1, "train.steps": 1], "train.steps", "keep the one"),
            (["train.batch_size": "all"], "train.batch_size", "or full"),
            (["train.learning_rate": 0], "train.learning_rate", "over 0"),
            (["task.kind": "identities"], "task.kind", "identity"),
            (["task.kind": "truncated", "task.signal": [1]], "task.kind", "at least 2 concepts"),
            (
                ["measure.nodes": true, "task.signal": .list(sevenOnes)], "measure.nodes",
                "at most 6"
            ),
            (["train.optimizer": "lion"], "train.optimizer", "sgd, adam or adamw"),
            (["train.optimizer": "adam", "train.betas": [0.9, 1]], "train.betas", "0.999999"),
            (["train.optimizer": "adam", "train.betas": [0.9]], "train.betas", "2 numbers"),
            (["log.points": 5, "log.every": 5], "log.points", "keep the one"),
            (["log.spacing": "log"], "log.spacing", "needs log.points"),
            (["data.file": "points.safetensors"], "data.file", "sha256"),
            (["train.epochs": 10_000_000, "train.batch_size": 1], "train.epochs", "more steps"),
            (["task.origin": 1], "task.origin", "true or false"),
            (["task.signl": [1]], "task.signl", "leave it out"),
            (["task.samples": 10_000_000, "task.dimension": 4096], "task.samples", "GiB"),
            (["train.steps": 1_000_000_000, "log.every": 1], "log.every", "logged points"),
        ] as [([String: Value], String, String)])
    func errors(values: [String: Value], key: String, phrase: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try SIMKind().complete(Configuration(values))
        }
        #expect(error?.key == key)
        #expect(error?.description.contains(phrase) == true, "\(error?.description ?? "")")
    }

    @Test("knows how many steps an epoch and a unit of the paper's time have")
    func units() throws {
        let configuration = try kind.complete(Configuration())
        #expect(kind.steps(per: "step", of: configuration) == 1)
        #expect(kind.steps(per: "epoch", of: configuration) == 118)
        let time = try #require(kind.steps(per: "time", of: configuration))
        #expect(abs(time - 1 / 0.003125) < 1e-9)
        #expect(kind.steps(per: "fortnight", of: configuration) == nil)
    }

    @Test(
        "declares the metrics in the order of the results",
        arguments: [
            ["task.signal": [1]], [:], ["task.signal": [1, 2, 3]], ["task.kind": "truncated"],
            [
                "measure.nodes": true, "measure.jacobian": true, "measure.full_loss": true,
                "task.signal": [1, 2, 3],
            ],
        ] as [[String: Value]])
    func metrics(extra: [String: Value]) throws {
        let values = smallTrial.merging(extra) { $1 }
        let declared = kind.metrics(of: try kind.complete(Configuration(values)))
        let result = try run(values)
        #expect(declared.map(\.name) == result.curves.map(\.name) + result.scalars.map(\.name))
        #expect(
            declared.map(\.shape)
                == result.curves.map { _ in .curve }
                + result.scalars.map {
                    $0.name.hasPrefix("learning_time") ? .eventStep : .scalar
                })
    }
}

private let someDigest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)
private let sevenOnes = Array(repeating: Value.number(1), count: 7)
