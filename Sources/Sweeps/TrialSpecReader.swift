internal import Foundation

extension TrialSpec {
    /// Reads a spec's canonical text, as the store keeps it and a worker gets it.
    ///
    /// - Throws: `TrialSpecError` for text that no spec has.
    public init(canonicalText: [UInt8]) throws(TrialSpecError) {
        let decoded: Members
        do {
            decoded = try JSONDecoder().decode(Members.self, from: Data(canonicalText))
        } catch {
            throw TrialSpecError("\(error)")
        }
        guard let seed = UInt64(decoded.seed, radix: 16) else {
            throw TrialSpecError("'\(decoded.seed)' is no seed; it has 16 hexadecimal digits")
        }
        self.init(
            kind: decoded.kind, version: decoded.version,
            configuration: Configuration(decoded.config), seed: seed)
        guard Array(self.canonicalText.utf8) == canonicalText else {
            throw TrialSpecError("it is not spelled as specs are; the canonical text is wanted")
        }
    }

    private struct Members: Decodable {
        let config: [String: Value]
        let kind: String
        let seed: String
        let version: Int
    }
}

/// What is wrong with a spec's text.
public struct TrialSpecError: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ what: String) {
        description = "not a trial's spec: \(what)"
    }
}

extension Value: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {  // else one of the other three
            self = .number(number)
        } else if let text = try? container.decode(String.self) {  // likewise
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {  // likewise
            self = .flag(flag)
        } else {
            self = .list(try container.decode([Value].self))
        }
    }
}
