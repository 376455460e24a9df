import Foundation
import Testing

@testable import Cluster

@Suite("What a process may use of its host")
final class HostLimitsTests {
    private let root = FileManager.default.temporaryDirectory
        .appending(path: "swingby-limits-\(UUID().uuidString.prefix(8))")

    deinit {
        try? FileManager.default.removeItem(at: root)
    }

    private func limits(_ files: [String: String]) throws -> HostLimits {
        for (name, text) in files {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return HostLimits(root: root, cores: 8, memoryInBytes: 64 << 30)
    }

    @Test("is all of it without control groups")
    func unlimited() throws {
        let limits = try limits([:])
        #expect(limits.coreQuota == nil && limits.memoryLimitInBytes == nil)
        #expect(limits.usableCores == 8 && limits.usableMemoryInBytes == 64 << 30)
    }

    @Test("is the tightest limit of the groups that it lies in, version 2")
    func secondVersion() throws {
        let limits = try limits([
            "proc/self/cgroup": "0::/slurm/job_7/step_0\n",
            "sys/fs/cgroup/slurm/cpu.max": "max 100000\n",
            "sys/fs/cgroup/slurm/job_7/cpu.max": "250000 100000\n",
            "sys/fs/cgroup/slurm/job_7/step_0/cpu.max": "400000 100000\n",
            "sys/fs/cgroup/slurm/memory.max": "8589934592\n",
            "sys/fs/cgroup/slurm/job_7/memory.max": "max\n",
        ])
        #expect(limits.coreQuota == 2.5 && limits.usableCores == 3)
        #expect(limits.usableMemoryInBytes == 8 << 30)
    }

    @Test("is what version 1 says, within a container whose groups are mounted at the top")
    func firstVersion() throws {
        let limits = try limits([
            "proc/self/cgroup": "11:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824\n",
        ])
        #expect(limits.coreQuota == 0.5 && limits.usableCores == 1)
        #expect(limits.memoryLimitInBytes == 1 << 30)
    }

    @Test("is not limited by version 1's words for no limit")
    func noLimit() throws {
        let limits = try limits([
            "proc/self/cgroup": "11:memory:/\n4:cpu:/\n",
            "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
            "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        ])
        #expect(limits.coreQuota == nil && limits.memoryLimitInBytes == nil)
    }
}
