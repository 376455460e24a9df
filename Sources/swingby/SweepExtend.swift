import ArgumentParser
import Coordination

struct SweepExtend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Gives a sweep a larger plan; only what is new is run.",
        discussion: """
            swingby sweep extend fig2a fig2a.yaml seeds.count=20
            swingby sweep extend last fig2a.yaml --wait

            The sweep's plan becomes the file's, which must have all trials that the sweep has;
            'swingby plan FILE --diff SWEEP' shows what is new. Results stay as they are, and what
            runs goes on; trials are counted anew, in the order of the file.
            """)

    @Argument(help: "The sweep.")
    var sweep: String

    @OptionGroup var file: SweepFileArgument

    @Flag(help: "Wait until the sweep is over.")
    var wait = false

    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var loaded = try await file.load(access.store)
        loaded.source.extended = sweep
        try await access.submit(loaded, json: output.json, wait: wait)
    }
}
