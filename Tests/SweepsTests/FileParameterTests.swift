import Testing

@testable import Sweeps

@Suite("A parameter that is a file")
struct FileParameterTests {
    private static let digits = String(repeating: "0af9", count: 16)

    @Test("takes the digest of its content")
    func digest() {
        #expect(Parameter.Domain.file.objection(to: .text("sha256:" + Self.digits)) == nil)
    }

    @Test(
        "takes nothing else",
        arguments: [
            .text("weights.safetensors"), .text("sha256:" + digits.uppercased()),
            .text("sha256:" + digits.dropLast()), .text("sha512:" + digits), .number(256),
        ] as [Value])
    func others(value: Value) {
        let objection = Parameter.Domain.file.objection(to: value)
        #expect(objection == "must be a file: sha256: and 64 hexadecimal digits")
    }
}
