public import ArgumentParser
public import Report
public import Sweeps

// Words of other modules that are options of the command line as they are.

extension TableFormat: ExpressibleByArgument {}
extension TheoryUse: ExpressibleByArgument {}
