extension Digest256 {
    /// Reads a file's name as a configuration has it.
    ///
    /// - Returns: nil unless it is `sha256:` and 64 hexadecimal digits.
    public init?(fileName: String) {
        guard fileName.hasPrefix("sha256:") else { return nil }
        let digits = Array(fileName.utf8.dropFirst(7))
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard pair.allSatisfy(\.isHexDigit), let byte = UInt8(pair, radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(bytes: bytes)
    }
}
