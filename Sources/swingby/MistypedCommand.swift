import ArgumentParser
import Sweeps

/// A word that stands where a command should: `swingby swep list`.
struct MistypedCommand {
    private let typed: String
    private let words: [String]
    private let known: [String]

    /// nil where every command is one that there is, whatever else is wrong.
    init?(_ arguments: [String]) {
        var command: any ParsableCommand.Type = Swingby.self
        var words = ["swingby"]
        for argument in arguments {
            let below = command.configuration.subcommands
            if below.isEmpty || argument.hasPrefix("-") || argument == "help" { return nil }
            guard let next = below.first(where: { $0.configuration.commandName == argument })
            else {
                typed = argument
                self.words = words
                known = below.compactMap { $0.configuration.commandName }
                return
            }
            command = next
            words.append(argument)
        }
        return nil
    }

    var message: String {
        let group = words.joined(separator: " ")
        let hint =
            nearest(to: typed, among: known).map { "did you mean '\(group) \($0)'?" }
            ?? "there are \(known.joined(separator: ", "))"
        return "there is no '\(group) \(typed)'; \(hint)"
    }
}
