import Foundation
import Sweeps
import Testing

/// `golden/KIND.txt`: the version, then a line a trial.
///
/// `SWINGBY_RECORD_DIGESTS=1 swift test --filter GoldenDigestTests` writes it anew, for a version
/// that it does not have yet.
struct GoldenFile {
    let kind: any TrialKind

    private var url: URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "golden/\(kind.name).txt")
    }

    func check(_ digests: [(name: String, digest: Digest256)]) throws {
        let head = "\(kind.name) \(kind.version)\n"
        let text = head + digests.map { "\($0.digest)  \($0.name)\n" }.joined()
        if ProcessInfo.processInfo.environment["SWINGBY_RECORD_DIGESTS"] != nil {
            let old = try? String(contentsOf: url, encoding: .utf8)  // there may be none yet
            if let old, old.hasPrefix(head) {
                #expect(
                    text.hasPrefix(old),
                    "bits of version \(kind.version) differ: raise the kind's version first")
                guard text.hasPrefix(old) else { return }
            }
            try Data(text.utf8).write(to: url, options: .atomic)
        }
        let recorded = try String(contentsOf: url, encoding: .utf8)
        let lines = Set(recorded.split(separator: "\n"))
        let changed = text.split(separator: "\n").filter { !lines.contains($0) }
        #expect(
            changed.isEmpty,
            "results differ from \(url.lastPathComponent): raise the kind's version, and record")
    }
}
