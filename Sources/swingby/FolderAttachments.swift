import Foundation
import Sweeps

/// Reads the files that a sweep file names from the folder that it is in.
struct FolderAttachments: AttachmentSource {
    /// What is sent whole fits into one message, beside the sweep file.
    private static let byteLimit = 768 << 10

    let folder: URL

    func url(of name: String) -> URL {
        URL(filePath: name, relativeTo: folder).standardizedFileURL
    }

    func attachment(_ name: String, withBytes: Bool) throws(AttachmentError) -> Attachment {
        let file: FileHandle
        do {
            file = try FileHandle(forReadingFrom: url(of: name))
        } catch {
            throw AttachmentError("cannot be read; name a file, as seen from the sweep file")
        }
        do {
            defer { try? file.close() }  // only read from
            var kept: [UInt8]? = withBytes ? [] : nil
            let digest = try Digest256(hashingParts: {
                guard let data = try file.read(upToCount: 1 << 20), !data.isEmpty else {
                    return nil
                }
                if kept?.count ?? 0 <= Self.byteLimit { kept?.append(contentsOf: data) }
                return Array(data)
            })
            if let kept, kept.count > Self.byteLimit {
                throw AttachmentError(
                    "has over \(Self.byteLimit) bytes, the limit for a list of cells; split it")
            }
            return Attachment(name: name, digest: digest, bytes: kept)
        } catch let error as AttachmentError {
            throw error
        } catch {
            throw AttachmentError("cannot be read (\(error.localizedDescription))")
        }
    }
}
