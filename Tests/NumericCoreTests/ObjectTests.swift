import Foundation
import Testing

/// What the compiler made of the kernels, read from the objects that this test is linked from.
@Suite("The compiled code")
struct ObjectTests {
    /// Where the build puts its objects: beside the test program.
    private static let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    private func objects(_ module: String) throws -> [String] {
        let folder = Self.build.appending(path: "\(module).build")
        let names = try FileManager.default.subpathsOfDirectory(
            atPath: folder.path(percentEncoded: false))
        return names.filter { $0.hasSuffix(".o") }
            .map { folder.appending(path: $0).path(percentEncoded: false) }
    }

    private func output(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(tool) is part of binutils")
        return String(decoding: data, as: UTF8.self)
    }

    @Test(
        "multiplies and adds in whole vectors, and by no scalar instruction",
        arguments: [("KernelsV3", "%ymm"), ("KernelsV4", "%zmm")])
    func vectors(module: String, register: String) throws {
        let files = try objects(module)
        try #require(!files.isEmpty)
        let code = try output("objdump", ["-d", "--no-show-raw-insn"] + files)
        let fused = code.split(separator: "\n").filter {
            $0.contains("vfmadd") || $0.contains("vfnmadd")
        }
        #expect(fused.count { $0.contains(register) } > 300)
        let scalar = fused.filter { $0.contains("ss ") || $0.contains("sd ") }
        #expect(scalar.isEmpty, "\(scalar.prefix(5))")
    }

    @Test(
        "calls nothing of the C library's mathematics",
        arguments: ["KernelsV3", "KernelsV4", "NumericCore", "SIMTrials"])
    func noMathematics(module: String) throws {
        let files = try objects(module)
        try #require(!files.isEmpty)
        let undefined = Set(
            try output("nm", ["-u"] + files).split(whereSeparator: \.isNewline)
                .compactMap { $0.split(separator: " ").last.map(String.init) })
        let functions = [
            "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sincos",
            "sinh", "cosh", "tanh", "asin", "acos", "atan", "atan2", "pow", "cbrt", "hypot", "erf",
            "erfc", "tgamma", "lgamma", "fma",
        ]
        let called = functions.flatMap { [$0, $0 + "f"] }.filter(undefined.contains)
        #expect(called.isEmpty)
    }
}
