import ArgumentParser
import Cluster
import Foundation
import NumericCore
import Sweeps

struct WorkerProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Says what this host gives a worker, and whether it trains the right bits.",
        discussion: """
            swingby worker probe
            ssh h3 swingby worker probe --json

            Cores and memory, with the limits of control groups (a container, a Slurm job); the
            kernels that the CPU can run, and the multiply-adds that they reach; and a self-test:
            trials of a few milliseconds whose digests are on record. Ends with 6 where a digest
            differs: such a host must not train. Needs neither store nor coordinator.
            """)

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let host = ProcessInfo.processInfo.hostName
        let limits = HostLimits()
        let levels = KernelLevel.allCases.filter(\.isSupported)
        // Fails with the reason on a CPU that no kernel is built for.
        let kernels = try Kernels.chosen()
        var speeds: [(threads: Int, rate: Double)] = []
        for threads in Set([1, limits.usableCores]).sorted() {
            speeds.append((threads, try await speed(kernels, threads)))
        }
        var tests: [(test: SelfTest, digest: String)] = []
        for test in SelfTest.all {
            tests.append((test, try await test.digest()))
        }
        let isSound = tests.allSatisfy { $0.digest == $0.test.expected }
        if output.json {
            Terminal.printJSON([
                "schema": 1, "host": .string(host), "program": .string(programVersion),
                "cpu": .string(Self.processor), "cores": .integer(limits.cores),
                "core_quota": .optional(limits.coreQuota),
                "usable_cores": .integer(limits.usableCores),
                "memory_bytes": .integer(limits.memoryInBytes),
                "memory_limit_bytes": limits.memoryLimitInBytes.map(JSONValue.integer) ?? .null,
                "kernels": .string(kernels.level.rawValue),
                "supported_kernels": .array(levels.map { .string($0.rawValue) }),
                "speed": .array(
                    speeds.map { ["threads": .integer($0.threads), "gflops": .number($0.rate)] }),
                "self_test": .array(
                    tests.map { test, digest in
                        [
                            "kind": .string(test.kind),
                            "name": .string(test.name), "digest": .string(digest),
                            "expected": .string(test.expected),
                            "ok": .bool(digest == test.expected),
                        ]
                    }), "ok": .bool(isSound),
            ])
        } else {
            let quota = limits.coreQuota.map { ", of which its control group gets \($0)" } ?? ""
            print("\(host), swingby \(programVersion)")
            print("  cpu      \(Terminal.harmless(Self.processor))")
            print("  cores    \(limits.cores)\(quota): '--slots auto' is \(limits.usableCores)")
            let limit = limits.memoryLimitInBytes.map {
                ", of which its control group gets \(Self.size($0))"
            }
            print("  memory   \(Self.size(limits.memoryInBytes))\(limit ?? "")")
            let others = levels.filter { $0 != kernels.level }.map { ", \($0) too" }.joined()
            print("  kernels  \(kernels.level)\(others)")
            for (threads, rate) in speeds {
                print(
                    "  speed    \(rate) GFLOP/s on \(threads) \(threads == 1 ? "thread" : "threads")"
                )
            }
            for (test, digest) in tests {
                let verdict =
                    digest == test.expected
                    ? "ok" : "DIFFERS: \(digest), on record is \(test.expected)"
                print("  bits     \(test.kind), \(test.name): \(verdict)")
            }
        }
        guard isSound else {
            throw CommandFailure(
                .digestDiffers, "this host trains other bits than are on record; do not use it")
        }
    }

    /// The best of three, in 10⁹ operations a second.
    private func speed(_ kernels: Kernels, _ threads: Int) async throws -> Double {
        var best = 0.0
        for _ in 0..<3 { best = max(best, try await BenchPeak.rate(kernels, threads: threads)) }
        return BenchTimes.rounded(best)
    }

    /// The CPU's name for people, as the kernel has it.
    private static var processor: String {
        let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)  // for people
        let line = (text ?? "").split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last ?? "unknown"
        return name.trimmingCharacters(in: .whitespaces)
    }

    /// `8589934592` as `8 GiB`.
    private static func size(_ bytes: Int) -> String {
        let gibibytes = Double(bytes) / Double(1 << 30)
        return gibibytes < 1
            ? "\(bytes >> 20) MiB" : "\(BenchTimes.rounded((gibibytes * 10).rounded() / 10)) GiB"
    }
}
