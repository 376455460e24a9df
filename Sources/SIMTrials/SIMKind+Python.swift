import NumericCore
public import Sweeps

extension SIMKind: PythonExporting {
    /// The folder: `train.py`; what the trial starts from, as `init.file` and `data.file` take it;
    /// and its losses here.
    ///
    /// - Throws: As `run`.
    public func python(_ spec: TrialSpec, context: TrialContext) async throws -> PythonExport {
        let configuration = try SIMConfiguration(spec.configuration)
        let trial = SIMTrial(
            configuration: configuration, seed: spec.seed, kernels: try Kernels.chosen())
        return try await compute {
            let result = try trial.run(context)
            let files = [
                "train.py": Array(PythonScript(configuration).text.utf8),
                "weights.safetensors": Safetensors.bytes(
                    of: try trial.initialParameters(context).tensors),
                "data.safetensors": Safetensors.bytes(of: try trial.task(context).tensors),
                "swingby.json": Array(PythonScript.losses(of: result).text.utf8),
            ]
            return PythonExport(result: result, files: files)
        }
    }
}
