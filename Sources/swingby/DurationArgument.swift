import ArgumentParser
import Sweeps

/// A length of time on the command line: `90s`, `15m`, `2h`, or as Slurm writes it: `10:00` is ten
/// minutes, `4:00:00` four hours, `1-00:00:00` a day.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = Duration(text: argument) else { return nil }
        self.duration = duration
    }
}
