/// How a sweep's cells are made of its axes.
enum SweepMethod: String, CaseIterable {
    /// Every combination.
    case grid
    /// As many as are asked for, each value drawn on its own.
    case random
    /// As many as are asked for, spread evenly.
    case sobol
    /// The lines of a file.
    case list

    var draws: Draws.Method? { Draws.Method(rawValue: rawValue) }
}
