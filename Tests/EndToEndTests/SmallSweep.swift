import Foundation

/// A sweep file: two cells, three seeds, a few milliseconds each.
let smallSweep = """
    name: small
    parameters:
      task.dimension: {value: 4}
      task.samples: {value: 100}
      train.epochs: {value: 3}
      task.signal: {values: [[1, 2], [2, 2]]}
    seeds: {count: 3, root: 7}
    """

/// A coordinator that serves.
func startCoordinator(_ store: Folder, _ options: String...) throws -> RunningProgram {
    let coordinator = try Program.start(["coordinator", "start"] + options, store: store)
    try eventually("the coordinator says how to start a worker") {
        coordinator.output.contains("worker start") || !coordinator.isRunning
    }
    return coordinator
}

/// All leases that a store has issued, each as `SWEEP/NUMBER`, the first one first; of a trial that
/// sweeps share, the first sweep's.
func leases(in store: Folder) throws -> [String] {
    let query = """
        SELECT sweep.name || '/' || number FROM lease JOIN sweep_trial USING (trial)
        JOIN sweep ON sweep.id = sweep GROUP BY token HAVING sweep.id = min(sweep.id) ORDER BY token
        """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
        "python3", "-c",
        "import sqlite3, sys; [print(row[0]) for row in sqlite3.connect("
            + "f'file:{sys.argv[1]}?mode=ro', uri=True).execute(sys.argv[2])]",
        store.path + "/store.sqlite", query,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
}
