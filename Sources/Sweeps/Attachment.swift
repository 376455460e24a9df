/// A file that a sweep file names: what the plan, or its trials, depend on beside the text.
public struct Attachment: Hashable, Sendable {
    /// As the sweep file names it.
    public let name: String
    public let digest: Digest256
    /// Those that it takes to make the plan again; nil where the digest is enough.
    public let bytes: [UInt8]?

    public init(name: String, digest: Digest256, bytes: [UInt8]?) {
        self.name = name
        self.digest = digest
        self.bytes = bytes
    }
}

/// Where the files are that a sweep file names.
public protocol AttachmentSource {
    /// - Parameter withBytes: Whether the plan is made of the bytes.
    /// - Throws: `AttachmentError`.
    func attachment(_ name: String, withBytes: Bool) throws(AttachmentError) -> Attachment
}

/// Why a file cannot be had: the end of a sentence on it.
public struct AttachmentError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// The files that came with a sweep: enough to make its plan again anywhere.
public struct SentAttachments: AttachmentSource {
    private let attachments: [Attachment]

    public init(_ attachments: [Attachment] = []) {
        self.attachments = attachments
    }

    public func attachment(
        _ name: String, withBytes: Bool
    ) throws(AttachmentError) -> Attachment {
        guard let found = attachments.first(where: { $0.name == name }),
            found.bytes != nil || !withBytes
        else { throw AttachmentError("did not come with the sweep") }
        if let bytes = found.bytes, Digest256(hashing: bytes) != found.digest {
            throw AttachmentError("came with the digest of other bytes")
        }
        return found
    }
}

/// Reads files for one sweep file, each once.
final class FileReader {
    private let source: any AttachmentSource
    /// In the order of their first reading.
    private(set) var attachments: [Attachment] = []

    init(_ source: any AttachmentSource) {
        self.source = source
    }

    func digest(
        of name: String, at origin: SweepFileError.Origin, _ problems: inout Problems
    ) -> Digest256? {
        read(name, withBytes: false, at: origin, &problems)?.digest
    }

    func bytes(
        of name: String, at origin: SweepFileError.Origin, _ problems: inout Problems
    ) -> [UInt8]? {
        read(name, withBytes: true, at: origin, &problems)?.bytes
    }

    private func read(
        _ name: String, withBytes: Bool, at origin: SweepFileError.Origin,
        _ problems: inout Problems
    ) -> Attachment? {
        let index = attachments.firstIndex { $0.name == name }
        if let index, attachments[index].bytes != nil || !withBytes { return attachments[index] }
        do {
            let found = try source.attachment(name, withBytes: withBytes)
            if let index { attachments[index] = found } else { attachments.append(found) }
            return found
        } catch {
            problems.add(origin, "\(SweepFileError.quoted(name)) \(error.description)")
            return nil
        }
    }
}
