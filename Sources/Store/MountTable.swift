/// The file systems that this process sees, as the kernel lists them.
///
/// - SeeAlso: `proc(5)`, `/proc/pid/mountinfo`.
struct MountTable {
    static let path = "/proc/self/mountinfo"

    private var mounts: [(point: [Substring], kind: String)] = []

    /// - Parameter text: A line a mount; the fifth word is where, the first after the dash what.
    init(text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), dash > 4, dash + 1 < words.count else {
                continue
            }
            let point = Self.unescaped(words[4]).split(separator: "/")
            mounts.append((point, String(words[dash + 1])))
        }
    }

    /// The type of the file system that a path is on: of the innermost mount, the last one where
    /// several lie on each other.
    ///
    /// - Parameter path: Absolute, without links.
    func kind(of path: String) -> String? {
        let parts = path.split(separator: "/")
        var innermost: (point: [Substring], kind: String)?
        for mount in mounts where parts.starts(with: mount.point) {
            if mount.point.count >= innermost?.point.count ?? 0 { innermost = mount }
        }
        return innermost?.kind
    }

    /// Whether no other host can change files there.
    static func isLocal(_ kind: String) -> Bool {
        let shared = [
            "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "fuse", "gfs2", "gpfs",
            "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "pvfs2", "smb3",
            "smbfs", "virtiofs", "wekafs",
        ]
        return !shared.contains(kind) && !kind.hasPrefix("fuse.")
    }

    /// Spaces and the like are written as three octal digits.
    private static func unescaped(_ word: Substring) -> String {
        let bytes = Array(word.utf8)
        var plain: [UInt8] = []
        var i = 0
        while i < bytes.count {
            let digits = bytes[(i + 1)...].prefix(3)
            if bytes[i] == UInt8(ascii: "\\"), digits.count == 3,
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                plain.append(byte)
                i += 4
            } else {
                plain.append(bytes[i])
                i += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
