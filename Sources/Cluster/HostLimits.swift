public import Foundation

/// What this process may use of its host: its cores and memory, and what the kernel's control
/// groups (of a container, a Slurm job, a systemd unit) leave of them.
public struct HostLimits: Hashable, Sendable {
    /// Cores that the process may run on; those of the host, unless it is bound to some.
    public let cores: Int
    /// How many cores' time its control group gets; nil where that is not limited.
    public let coreQuota: Double?
    /// The host's memory.
    public let memoryInBytes: Int
    /// What its control group may have of it; nil where that is not limited.
    public let memoryLimitInBytes: Int?

    /// How many trials of one thread can train at once without waiting for each other.
    public var usableCores: Int {
        max(1, min(cores, coreQuota.map { Int($0.rounded(.up)) } ?? cores))
    }

    public var usableMemoryInBytes: Int { min(memoryInBytes, memoryLimitInBytes ?? .max) }

    /// - Parameter root: Where `/proc` and `/sys` are looked for.
    public init(
        root: URL = URL(filePath: "/"),
        cores: Int = ProcessInfo.processInfo.activeProcessorCount,
        memoryInBytes: Int = Int(ProcessInfo.processInfo.physicalMemory)
    ) {
        self.cores = cores
        self.memoryInBytes = memoryInBytes
        let groups = ControlGroups(root: root)
        coreQuota = groups.coreQuota
        memoryLimitInBytes = groups.memoryLimitInBytes
    }
}

/// The control groups of this process, version 1 or 2, and all that they lie in: the tightest limit
/// of them holds.
private struct ControlGroups {
    private let root: URL
    /// Folders of version 2, and of each controller of version 1.
    private var folders: [String: [URL]] = [:]

    init(root: URL) {
        self.root = root
        let mounted = root.appending(path: "sys/fs/cgroup")
        let text = Self.text(root.appending(path: "proc/self/cgroup"))
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            // `0::/path` is version 2; `4:cpu,cpuacct:/path` is version 1.
            for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                let top = controller.isEmpty ? mounted : mounted.appending(path: controller)
                folders[String(controller)] = Self.chain(from: top, to: parts[2])
            }
        }
    }

    var coreQuota: Double? {
        let second = (folders[""] ?? []).compactMap { folder -> Double? in
            let parts = Self.text(folder.appending(path: "cpu.max")).split(
                whereSeparator: \.isWhitespace)
            return parts.count == 2 ? Self.share(parts[0], of: parts[1]) : nil
        }
        let first = (folders["cpu"] ?? []).compactMap { folder in
            Self.share(
                Self.text(folder.appending(path: "cpu.cfs_quota_us")),
                of: Self.text(folder.appending(path: "cpu.cfs_period_us")))
        }
        return (second + first).min()
    }

    var memoryLimitInBytes: Int? {
        let second = (folders[""] ?? []).map { $0.appending(path: "memory.max") }
        let first = (folders["memory"] ?? []).map { $0.appending(path: "memory.limit_in_bytes") }
        // Without a limit version 2 says `max`, version 1 the largest number of whole pages.
        return (second + first).compactMap { Int(Self.text($0)) }.filter { $0 < 1 << 60 }.min()
    }

    /// A group's folder and those above it. Within a container some are not there to be seen.
    private static func chain(from top: URL, to path: some StringProtocol) -> [URL] {
        path.split(separator: "/").reduce(into: [top]) { chain, name in
            chain.append(chain[chain.count - 1].appending(path: name))
        }
    }

    private static func share(
        _ quota: some StringProtocol, of period: some StringProtocol
    ) -> Double? {
        guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else {
            return nil
        }
        return quota / period
    }

    private static func text(_ file: URL) -> String {
        let text = try? String(contentsOf: file, encoding: .utf8)  // not there: no limit
        return (text ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
