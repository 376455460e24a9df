internal import CZeroMQ

/// What a person, a disk or a network can do to sockets and keys; each case says how to mend it.
public enum TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A call of libzmq or of the system failed.
    case system(call: String, code: Int32)
    case endpoint(String)
    case endpointInUse(String)
    /// A key file that others could have read or put there.
    case exposed(path: String, mend: String)
    case file(path: String, problem: String)
    case malformed(path: String, line: Int, problem: String)
    /// The self-test at start: who has no key got in, or nobody could tell.
    case unprotected(String)
    /// The coordinator does not know our key: exit 77.
    case refused(endpoint: String)
    /// No coordinator answered in time: exit 69.
    case unreachable(endpoints: [String], hint: String)
    /// The coordinator answered with something else.
    case unexpectedAnswer(String)

    /// What libzmq or the system says of the call that just failed on this thread.
    static func last(_ call: String) -> TransportError {
        .system(call: call, code: zmq_errno())
    }

    public var description: String {
        switch self {
        case .system(let call, let code):
            "\(call): \(String(cString: zmq_strerror(code)))"
        case .endpoint(let endpoint):
            "'\(endpoint)' is not an address to listen on; it reads tcp://HOST:PORT, "
                + "HOST an address of this host or 0.0.0.0, PORT 0 for a free one"
        case .endpointInUse(let endpoint):
            "\(endpoint) is in use; choose another port, or 0 for a free one"
        case .exposed(let path, let mend): "\(path) \(mend)"
        case .file(let path, let problem): "\(path): \(problem)"
        case .malformed(let path, let line, let problem): "\(path):\(line): \(problem)"
        case .unprotected(let reason):
            "the check of the key allow-list failed, so nothing is served: \(reason)"
        case .refused(let endpoint):
            "the coordinator at \(endpoint) refused our key; "
                + "take a new copy of the access file from its store"
        case .unreachable(let endpoints, let hint):
            "no coordinator answers at \(endpoints.joined(separator: ", ")): \(hint)"
        case .unexpectedAnswer(let text): "the coordinator answered: \(text)"
        }
    }
}
