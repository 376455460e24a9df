public import Sweeps

/// What a peer asks of the coordinator's second socket, which moves files in parts, so that none of
/// them delays a lease.
public enum FileRequest: Hashable, Sendable {
    /// The bytes of a file from an offset on, as many as one message takes.
    case get(Digest256, offset: Int)
    /// Bytes of a file of `size` bytes; parts come in the order of their offsets.
    case put(Digest256, size: Int, offset: Int, bytes: [UInt8])
}

/// What the coordinator answers.
public enum FileReply: Hashable, Sendable {
    case part(size: Int, offset: Int, bytes: [UInt8])
    /// How many bytes of the file are here now; all of them when that is its size.
    case stored(Int)
    /// Why not, as a line for a terminal.
    case refused(String)
}
