internal import CZeroMQ

/// A CURVE key pair. Prints its public half only.
public struct CurveKeyPair: Hashable, Sendable, CustomStringConvertible {
    public let publicKey: CurveKey
    let secretKey: CurveKey

    /// Draws a new pair.
    public init() {
        let pair = Self.z85(2) { zmq_curve_keypair($0, $1) }
        // libzmq's own text, of the right length: only a libzmq built without CURVE has none.
        guard let publicKey = CurveKey(pair.0), let secretKey = CurveKey(pair.1) else {
            preconditionFailure("this libzmq has no CURVE")
        }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// The pair that a secret key is half of; the other half follows from it.
    ///
    /// - Parameter secret: As a file holds it.
    /// - Returns: nil unless `secret` is a key.
    public init?(secret: String) {
        guard let secretKey = CurveKey(secret) else { return nil }
        let derived = Self.z85(1) { derived, _ in zmq_curve_public(derived, secret) }
        guard let publicKey = CurveKey(derived.0) else { return nil }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    public var description: String { "key pair of \(publicKey)" }

    /// Has libzmq write one or two keys of 40 characters and a zero.
    private static func z85(
        _ count: Int, _ write: (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<CChar>) -> Int32
    ) -> (String, String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 82) { buffer in
            buffer.initialize(repeating: 0)
            guard let first = buffer.baseAddress else { return ("", "") }
            let second = first + 41
            return write(first, second) == 0
                ? (String(cString: first), String(cString: second)) : ("", "")
        }
    }
}

/// One half of a pair: 32 bytes, written as 40 characters of Z85.
public struct CurveKey: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    /// What the ZAP handler is shown.
    let bytes: [UInt8]

    /// - Returns: nil unless `text` is 40 characters of Z85.
    public init?(_ text: String) {
        guard text.utf8.count == 40 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 32)
        guard zmq_z85_decode(&bytes, text) != nil else { return nil }
        // Some characters outside the alphabet pass as others.
        guard CurveKey.encoded(bytes) == text else { return nil }
        self.text = text
        self.bytes = bytes
    }

    public var description: String { text }

    private static func encoded(_ bytes: [UInt8]) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 41) { buffer in
            guard let start = buffer.baseAddress,
                zmq_z85_encode(start, bytes, bytes.count) != nil
            else { return "" }
            return String(cString: start)
        }
    }
}

/// What a key entitles to.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// May take trials and hand in results.
    case worker
    /// May submit sweeps, which run code on the workers, and stop the coordinator.
    case submitter
}
