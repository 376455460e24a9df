import ArgumentParser
import Foundation

/// The program: parses, runs, and turns every error into one message and one exit status.
@main
enum Main {
    static func main() async {
        // A reader that goes away (`swingby table … | head`) ends the program quietly.
        signal(SIGPIPE, SIG_DFL)
        // What ps, top and pkill call it: a worker of `swingby run` would be called exe.
        try? Data("swingby".utf8).write(to: URL(filePath: "/proc/self/comm"))
        do {
            var command = try Swingby.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            if !failure.message.isEmpty {
                Terminal.complain(failure.message)
            }
            exit(failure.status.rawValue)
        }
        let code = Swingby.exitCode(for: error)
        if code == .success {
            print(Swingby.fullMessage(for: error))
            exit(ExitStatus.done.rawValue)
        }
        if code == .validationFailure {
            if let mistyped = MistypedCommand(Array(CommandLine.arguments.dropFirst())) {
                Terminal.complain(mistyped.message)
                exit(ExitStatus.usage.rawValue)
            }
            Terminal.complain(Swingby.fullMessage(for: error), prefix: "")
            exit(ExitStatus.usage.rawValue)
        }
        let failure = CommandFailure(explaining: error)
        Terminal.complain(failure.message)
        exit(failure.status.rawValue)
    }
}

struct Swingby: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swingby",
        abstract: "Runs sweeps of concept-learning trials over many hosts, exact to the bit.",
        discussion: """
            On one machine:     swingby run sweeps/quickstart.yaml
            On a cluster:       swingby coordinator start --listen tcp://0.0.0.0:7700
                                swingby worker start --access FILE       (on each host)
                                swingby submit sweeps/fig2a.yaml --wait
                                swingby table last

            Once for the shell: swingby --generate-completion-script bash (or zsh, fish)

            The store is ./swingby-store unless --store or SWINGBY_STORE names another folder.

            Exit status: 0 done, 1 failed, 2 usage or a bad sweep file, 3 ended with failed trials,
            4 cancelled, 5 timeout, 6 a digest differs, 69 coordinator unreachable, 75 worker out of
            time, 77 key refused, 130 or 143 on SIGINT or SIGTERM after a clean hand-back.
            """,
        version: programVersion,
        subcommands: [
            RunCommand.self, PlanCommand.self, SubmitCommand.self, SweepCommand.self,
            TrialCommand.self, TableCommand.self, FigureCommand.self, ExportCommand.self,
            TopCommand.self, ReproduceCommand.self, CoordinatorCommand.self, WorkerCommand.self,
            BenchCommand.self,
        ])
}

/// The program's own version.
let programVersion = "0.1.0"
