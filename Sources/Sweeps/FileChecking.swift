/// A kind that can tell before a trial is run whether the files that it starts from fit it.
public protocol FileChecking: TrialKind {
    /// - Parameters:
    ///   - configuration: Complete.
    ///   - file: As of a `TrialContext`.
    /// - Throws: `ConfigurationError`, at the key whose file does not fit; what `file` throws.
    func checkFiles(
        of configuration: Configuration, _ file: (_ digest: String) throws -> [UInt8]) throws
}
