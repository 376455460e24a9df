import Foundation
import Testing

/// Digests of `features.yaml` (sim) and `drawings.yaml` (diffusion), as `release-digests` checks them
/// against a release build too.
@Suite("Trials over all features of a kind")
struct FeatureDigestTests {
    @Test(
        "have the digests on record, with either level of kernels", arguments: ["v3", ""],
        ["features", "drawings"])
    func digests(kernels: String, name: String) throws {
        let store = Folder()
        let folder = Program.package.appending(path: "Tests/EndToEndTests")
        let ended = try Program.start(
            ["run", folder.appending(path: "\(name).yaml").path, "--workers", "2"], store: store,
            environment: ["SWINGBY_KERNELS": kernels]
        ).wait()
        #expect(ended.status == 0, "\(ended.error)")
        let file = folder.appending(path: "\(name)-digests.txt")
        let recorded = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let digests = try store.digests(of: name).split(separator: "\n")
        let differing = zip(digests, recorded).filter { $0 != $1 }.map(\.0)
        #expect(digests.count == recorded.count && differing.isEmpty, "\(differing.prefix(9))")
    }
}

extension Folder {
    /// `trial digest` a line, in the order of trials.
    func digests(of sweep: String) throws -> String {
        let ended = try Program.run("export", sweep, "rows", "--out", "-", store: self)
        #expect(ended.status == 0, "\(ended.error)")
        let lines = ended.output.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let header = try #require(lines.first)
        let trial = try #require(header.firstIndex(of: "trial"))
        let digest = try #require(header.firstIndex(of: "digest"))
        return lines.dropFirst().map { "\($0[trial]) \($0[digest])\n" }.joined()
    }
}
