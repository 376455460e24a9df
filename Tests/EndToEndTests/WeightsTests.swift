import Foundation
import Testing

@Suite("Weights and programs of a trial", .serialized)
struct WeightsTests {
    /// Two small trials in a store.
    private func store() throws -> Folder {
        let store = Folder()
        let file = try store.write(
            """
            name: small
            parameters:
              task.dimension: {value: 3}
              task.samples: {value: 20}
              model.layers: {value: 2}
              train.epochs: {value: 3}
            seeds: {count: 2}
            """, to: "small.yaml")
        let ran = try Program.run("run", file, "--workers", "1", store: store)
        try #require(ran.status == 0, "\(ran.error)")
        return store
    }

    private func files(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test("are written for each trial, and the same for one alone")
    func weights() throws {
        let store = try store()
        let folder = store.path + "/weights"
        let ended = try Program.run("export", "small", "weights", "--out", folder, store: store)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try files(folder) == ["1.safetensors", "2.safetensors"])
        let alone = store.path + "/second.safetensors"
        let ran = try Program.run("trial", "run", "small/2", "--weights", alone, store: store)
        #expect(ran.status == 0, "\(ran.error)")
        let contents = try [alone, folder + "/2.safetensors", folder + "/1.safetensors"]
            .map { try Data(contentsOf: URL(filePath: $0)) }
        #expect(contents[0] == contents[1] && contents[0] != contents[2])
        let several = try Program.run("trial", "run", "small", "--weights", alone, store: store)
        #expect(several.status == 2, "\(several.error)")
    }

    @Test("make a folder for Python, once")
    func python() throws {
        let store = try store()
        let folder = store.path + "/python"
        let arguments = ["trial", "export", "small/1", "--python", folder]
        let ended = try Program.start(arguments, store: store).wait()
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.output.contains("python \(folder)/train.py"))
        let expected = ["data.safetensors", "swingby.json", "train.py", "weights.safetensors"]
        #expect(try files(folder) == expected)
        let before = try files(store.path)
        let again = try Program.start(arguments, store: store).wait()
        #expect(again.status == 1 && again.error.contains("is there already"), "\(again.error)")
        #expect(try files(store.path) == before && files(folder) == expected)
    }

    /// A sweep that starts from a file is given away with it, and verified where there is no store.
    private func bundle(_ store: Folder) throws {
        let bundle = store.path + "/images.bundle"
        let before = try files(store.path)
        let written = try Program.run("export", "images", "bundle", "--out", bundle, store: store)
        #expect(written.status == 0, "\(written.error)")
        #expect(try files(store.path) == (before + ["images.bundle"]).sorted())
        let away = Folder()
        let moved = away.path + "/images.bundle"
        try FileManager.default.moveItem(atPath: bundle, toPath: moved)
        let verified = try Program.run("sweep", "verify", "--bundle", moved, "--all")
        #expect(verified.status == 0, "\(verified.error)")
        #expect(verified.output.contains("1 trained again, 0 digests differ: ok"))
        #expect(try files(away.path) == ["images.bundle"])

        let bytes = try Data(contentsOf: URL(filePath: moved))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: moved))
        let damaged = try Program.run("sweep", "verify", "--bundle", moved)
        #expect(damaged.status == 1 && damaged.error.contains("images.bundle"), "\(damaged.error)")
        let both = try Program.run("sweep", "verify", "images", "--bundle", moved, store: store)
        #expect(both.status == 2, "\(both.error)")
        let nowhere = away.path + "/no/images.bundle"
        let failed = try Program.run("export", "images", "bundle", "--out", nowhere, store: store)
        #expect(failed.status == 1 && failed.error.contains(nowhere), "\(failed.error)")
    }

    @Test("of a finished classifier judge a generator's images, and are kept")
    func judge() throws {
        let store = Folder()
        func file(_ name: String, _ keys: String, _ more: String = "") throws -> String {
            try store.write(
                """
                name: \(name)
                kind: diffusion
                parameters:
                  tier: {value: T0}
                  \(keys)
                seeds: {count: 1}
                \(more)
                """, to: "\(name).yaml")
        }
        let classifier = try file("judge", "task.kind: {value: classifier}")
        let images = try file(
            "images", "train.steps: {value: 12}", "judge: {classifier: judge/1}")
        let early = try Program.run("plan", images, store: store)
        #expect(early.status == 2 && early.error.contains("judge/1"), "\(early.error)")
        let trained = try Program.run("run", classifier, "--workers", "1", store: store)
        try #require(trained.status == 0, "\(trained.error)")
        let ran = try Program.run("run", images, "--workers", "1", store: store)
        #expect(ran.status == 0 && ran.error.contains("judge/1"), "\(ran.error)")
        let table = try Program.run("trial", "run", "images/1", store: store)
        #expect(table.output.contains("concept/size"), "\(table.output)")
        #expect(try files(store.path + "/weights").count == 1)
        let again = try Program.run("plan", images, store: store)
        #expect(again.status == 0 && !again.error.contains("trained"), "\(again.error)")
        let other = try Program.run("plan", images, "data.size=32", store: store)
        #expect(other.status == 2, "\(other.error)")
        #expect(
            other.error.contains("images.yaml: judge.classifier knows images of data.size 16"),
            "\(other.error)")
        try bundle(store)
        let missing = try Program.run("plan", images, "judge.classifier=judge/7", store: store)
        #expect(missing.status == 2 && missing.error.contains("judge/1 to"), "\(missing.error)")
    }
}
