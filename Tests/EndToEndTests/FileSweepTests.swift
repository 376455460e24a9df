import Foundation
import Testing

@Suite("A sweep that starts from files")
struct FileSweepTests {
    private func run(_ text: String, named name: String, in store: Folder) throws -> String {
        let file = try store.write(text, to: "\(name).yaml")
        let ran = try Program.run("run", file, "--workers", "1", store: store)
        try #require(ran.status == 0, "\(ran.error)")
        return try store.digests(of: name)
    }

    private let model = """
          task.dimension: {value: 3}
          model.layers: {value: 2}
          model.hidden: {value: 4}
          train.epochs: {value: 3}
        """

    @Test("has the bits of the trial that the files were made from, and needs them no more")
    func sameBits() throws {
        let store = Folder()
        let drawn = try run(
            "name: drawn\nparameters:\n\(model)\n  task.samples: {value: 20}\n", named: "drawn",
            in: store)
        let folder = store.path + "/python"
        let export = try Program.run(
            "trial", "export", "drawn/1", "--python", folder, store: store)
        try #require(export.status == 0, "\(export.error)")
        let read = try run(
            """
            name: read
            init: {file: python/weights.safetensors}
            data: {file: python/data.safetensors}
            parameters:
            \(model)
              task.samples: {value: 60}
            """, named: "read", in: store)
        #expect(read == drawn)
        try FileManager.default.removeItem(atPath: folder)
        let verified = try Program.run("sweep", "verify", "read", "--all", store: store)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
    }

    @Test("fails with what the file lacks, and names the trial")
    func wrongFile() throws {
        let store = Folder()
        try Data("{}".utf8).write(to: URL(filePath: store.path + "/empty.safetensors"))
        let file = try store.write(
            "name: wrong\ninit: {file: empty.safetensors}\nparameters:\n\(model)\n",
            to: "wrong.yaml")
        let ran = try Program.run("run", file, "--workers", "1", store: store)
        #expect(ran.status == 3, "\(ran.error)")
        let list = try Program.run("trial", "list", "wrong", store: store)
        #expect(list.output.contains("not a safetensors file"), "\(list.output)")
        let missing = try store.write(
            "name: missing\ninit: {file: none.safetensors}\n", to: "missing.yaml")
        #expect(try Program.run("run", missing, store: store).status == 2)
    }
}
