import ArgumentParser
import Coordination
import Sweeps

struct SweepRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Has trials wait again that failed, were called off or diverged.",
        discussion: """
            swingby sweep retry fig2a --lost
            swingby sweep retry fig2a --where 'model.layers == 2 and train.learning_rate > 0.01'
            swingby sweep retry all --cancelled

            Without a flag: those that were set aside, for whatever reason. A diverged trial has a
            result; trained again it gets the same one, or 'sweep verify' says that it differs.
            """)

    @Flag(help: "Those whose own code failed.") var failed = false
    @Flag(help: "Those whose workers were lost, or died of them.") var lost = false
    @Flag(help: "Those that ran longer than run.time_limit.") var timeLimit = false
    @Flag(help: "Those that were called off.") var cancelled = false
    @Flag(help: "Those that diverged; their results stand no more.") var diverged = false
    @Option(
        name: .customLong("where"),
        help: "Only those of cells of which this is true, as in a sweep file's 'exclude'.")
    var condition: String?
    @OptionGroup var sweeps: SteeredSweeps

    func run() async throws {
        let flags: [RetriedEnding: Bool] = [
            .failed: failed, .lost: lost, .timeLimit: timeLimit, .cancelled: cancelled,
            .diverged: diverged,
        ]
        let asked = Set(flags.filter(\.value).keys)
        let endings = asked.isEmpty ? [.failed, .lost, .timeLimit] : asked
        try await sweeps.steer(.retry(endings, where: condition)) { name, trials in
            "\(name): \(trials) trials wait again"
        }
    }
}
