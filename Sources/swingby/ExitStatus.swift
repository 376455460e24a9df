import Cluster
import Figures
import Report
import Store
import Sweeps
import Transport

/// What the program ends with; scripts rely on the numbers.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case usage = 2
    case failedTrials = 3
    case cancelled = 4
    case timeout = 5
    case digestDiffers = 6
    case unreachable = 69
    case outOfTime = 75
    case refused = 77
    case interrupted = 130
    case terminated = 143
}

/// Ends a command with a message for people on standard error.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String = "") {
        self.status = status
        self.message = message
    }

    /// Gives each module's errors their status; what is not listed failed.
    init(explaining error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case is SweepFileErrors, StoreError.severalSweeps: self.init(.usage, "\(error)")
        case TransportError.unreachable: self.init(.unreachable, "\(error)")
        case TransportError.refused: self.init(.refused, "\(error)")
        default: self.init(.failed, "\(error)")
        }
    }
}
