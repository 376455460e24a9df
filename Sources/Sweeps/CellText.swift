/// What the specs of a cell have in common, as text: it is stored once a cell and sent once a
/// message, and who passes it on need not read it.
///
/// It is the canonical text of a spec without its seed:
/// `{"config":{…},"kind":"sim","version":1}`.
public struct CellText: Hashable, Sendable {
    public let bytes: [UInt8]
    /// Where the seed belongs: before `,"version":`.
    private let seedPlace: Int

    private static let versionKey = Array(",\"version\":".utf8)
    private static let seedKey = Array(",\"seed\":\"".utf8)

    public init(kind: String, version: Int, configuration: Configuration) {
        let start = "{\"config\":\(configuration.canonicalText),\"kind\":\(Value.quoted(kind))"
        bytes = Array("\(start),\"version\":\(version)}".utf8)
        seedPlace = start.utf8.count
    }

    /// Takes text that was stored or sent.
    ///
    /// - Returns: nil where there is no place for a seed; what else may be wrong, `spec(seed:)` says.
    public init?(bytes: [UInt8]) {
        let key = Self.versionKey
        var place = bytes.count - key.count
        while place >= 0, !bytes[place...].starts(with: key) { place -= 1 }
        guard place >= 0 else { return nil }
        self.bytes = bytes
        seedPlace = place
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The canonical text of the cell's spec with this seed.
    public func specText(seed: UInt64) -> [UInt8] {
        let digits = String(seed, radix: 16)
        var text = Array(bytes[..<seedPlace])
        text.reserveCapacity(bytes.count + Self.seedLength)
        text += Self.seedKey
        text += repeatElement(UInt8(ascii: "0"), count: 16 - digits.utf8.count)
        text += digits.utf8
        text.append(UInt8(ascii: "\""))
        text += bytes[seedPlace...]
        return text
    }

    /// The seed of a spec of this cell; nil where the text is another's.
    public func seed(ofSpec text: [UInt8]) -> UInt64? {
        guard text.count == bytes.count + Self.seedLength else { return nil }
        let digits = seedPlace + Self.seedKey.count
        let end = seedPlace + Self.seedLength
        guard text[..<seedPlace].elementsEqual(bytes[..<seedPlace]),
            text[end...].elementsEqual(bytes[seedPlace...]),
            text[seedPlace..<digits].elementsEqual(Self.seedKey),
            text[end - 1] == UInt8(ascii: "\"")
        else { return nil }
        var seed: UInt64 = 0
        for digit in text[digits..<end - 1] {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): seed = seed << 4 | UInt64(digit - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): seed = seed << 4 | UInt64(digit - 87)
            default: return nil
            }
        }
        return seed
    }

    /// The key, 16 digits and the quotation mark.
    private static let seedLength = seedKey.count + 17

    /// The identity of the cell's trial with this seed.
    public func identity(seed: UInt64) -> Digest256 {
        Digest256(hashing: specText(seed: seed))
    }

    /// - Throws: `TrialSpecError` for text that no spec has.
    public func spec(seed: UInt64) throws(TrialSpecError) -> TrialSpec {
        try TrialSpec(canonicalText: specText(seed: seed))
    }
}

extension TrialSpec {
    public var cellText: CellText {
        CellText(kind: kind, version: version, configuration: configuration)
    }

    /// The same cell's spec with another seed.
    public func with(seed: UInt64) -> TrialSpec {
        TrialSpec(kind: kind, version: version, configuration: configuration, seed: seed)
    }
}

extension Plan {
    /// What all trials of a cell have in common.
    public func cellText(at index: Int) -> CellText {
        CellText(
            kind: kind.name, version: kind.version, configuration: cell(at: index).configuration)
    }
}
