import Sweeps

/// What can keep a coordinator or a worker from working.
public enum ClusterError: Error, Hashable, CustomStringConvertible {
    case spoolInUse(path: String)
    case spoolUnusable(path: String, why: String)
    case unknownKind(String, known: [String])
    case otherVersion(kind: String, wanted: Int, here: Int)
    case workersKeepDying(status: String)
    case missingFile(String)
    case otherName(String, extended: String)
    case largeResult(bytes: Int)
    case badCondition(sweep: String, offset: Int, why: String)

    public var description: String {
        switch self {
        case .spoolInUse(let path):
            "another worker uses the spool folder \(path); name another with --spool"
        case .spoolUnusable(let path, let why):
            "\(path): \(why); name a folder of your own with --spool"
        case .unknownKind(let kind, let known):
            "this program knows no trial kind '\(kind)', only \(known.joined(separator: ", "))"
        case .otherVersion(let kind, let wanted, let here):
            "the trial is of '\(kind)' version \(wanted) and this program has version \(here); "
                + "start workers of the coordinator's own program"
        case .missingFile(let name):
            "the file \(name.visible) has not arrived; submit the sweep with this program"
        case .otherName(let name, let extended):
            "the file's sweep is '\(name)', and '\(extended)' keeps its name when it is extended; "
                + "write 'name: \(extended)' in the file"
        case .largeResult(let bytes):
            "the result has \(bytes) bytes; at most \(BroughtFiles.resultLimit) are taken: log fewer "
                + "points"
        case .badCondition(let sweep, let offset, let why):
            "--where for \(sweep), at letter \(offset + 1): \(why)"
        case .workersKeepDying(let status):
            "local workers keep ending by themselves (\(status)); 'swingby worker start' shows why"
        }
    }
}
