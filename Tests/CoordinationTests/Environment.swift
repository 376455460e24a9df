import Coordination
import Foundation
import Sweeps

/// The value of an environment variable; nil where it is not set.
func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
}

/// A kind and a cell for tests in which neither matters.
let noKind = KindVersion("none", version: 1)
let noCell = CellText(kind: "none", version: 1, configuration: Configuration([:]))
