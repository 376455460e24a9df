/// A kind whose trials can be written as a Python program that trains the same.
public protocol PythonExporting: TrialKind {
    /// Trains the trial and writes it for Python.
    func python(_ spec: TrialSpec, context: TrialContext) async throws -> PythonExport
}

/// A trial as a folder for Python.
public struct PythonExport: Sendable {
    /// What the trial yields here, and what the program's numbers are shown beside.
    public let result: TrialResult
    /// The folder's files by name, `train.py` among them.
    public let files: [String: [UInt8]]

    public init(result: TrialResult, files: [String: [UInt8]]) {
        self.result = result
        self.files = files
    }
}
