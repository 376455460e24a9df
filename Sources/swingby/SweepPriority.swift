import ArgumentParser
import Coordination

struct SweepPriority: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority",
        abstract: "Has a sweep's trials leased before those of sweeps with a lower number.",
        discussion: """
            swingby sweep priority fig2a 10
            swingby sweep priority fig2a -5

            Takes the place of the file's run.priority, which is 0 where it says none, until the
            sweep is submitted again. What runs goes on.
            """)

    @OptionGroup var sweeps: SteeredSweeps
    /// One; a list, since only a list takes `-5`, which looks like an option.
    @Argument(
        parsing: .allUnrecognized, help: .init("From -1000 to 1000.", valueName: "priority"))
    var priorities: [Int]

    func validate() throws {
        guard priorities.count == 1, (-1000...1000).contains(priorities[0]) else {
            let said = priorities.map { "\($0)" }.joined(separator: " ")
            throw ValidationError("a priority is one number from -1000 to 1000, not \(said)")
        }
    }

    func run() async throws {
        let priority = priorities[0]
        try await sweeps.steer(.priority(priority)) { name, trials in
            "\(name) has priority \(priority), \(trials) trials to go"
        }
    }
}
