import Foundation

/// The value of an environment variable; nil where it is not set.
func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
}
