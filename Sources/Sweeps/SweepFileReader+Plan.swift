/// From the grid to the plan.
extension SweepFileReader {
    func makePlan(
        name: String, _ given: GridBuilder, _ axes: AxisReader, seeds: Seeds, file: Section,
        place: Origin, _ problems: inout Problems
    ) -> Plan? {
        var builder = given
        do throws(GridError) {
            guard let grid = try builder.build() else {
                for misfit in builder.misfits {
                    report(misfit, of: builder, axes, place, &problems)
                }
                return nil
            }
            let (trials, overflow) = grid.count.multipliedReportingOverflow(by: seeds.count)
            if overflow || trials > Plan.trialLimit { throw GridError.tooManyPoints }
            return Plan(
                name: name, kind: axes.kind, seeds: seeds, fixed: axes.fixed,
                dimensions: builder.dimensions.map(\.axis), grid: grid)
        } catch {
            report(error, of: given, seeds: seeds, file: file, place, &problems)
            return nil
        }
    }

    private func report(
        _ error: GridError, of builder: GridBuilder, seeds: Seeds, file: Section, _ place: Origin,
        _ problems: inout Problems
    ) {
        switch error {
        case .tooManyPoints:
            let sizes =
                builder.dimensions.map { "\($0.axis.rows.count) \($0.axis.name.visible)" }
                + ["\(seeds.count) seeds"]
            problems.add(
                place,
                "\(sizes.joined(separator: " × ")) are over \(Plan.trialLimit) trials; "
                    + "split the sweep")
        case .nothingLeft:
            problems.add(
                file.member("exclude")?.origin ?? place,
                "exclude leaves no cell; let its conditions be narrower")
        case .tooFewDistinct(let found):
            problems.add(
                file.member("draws")?.origin ?? place,
                "only \(found) different cells could be drawn; ask for at most so many, "
                    + "or write method: grid")
        }
    }

    private func report(
        _ misfit: GridBuilder.Misfit, of builder: GridBuilder, _ axes: AxisReader, _ place: Origin,
        _ problems: inout Problems
    ) {
        let values = zip(builder.dimensions, misfit.rows).compactMap { dimension, row in
            row < 0 ? nil : "\(dimension.axis.name) = \(dimension.axis.text(row: Int(row)))"
        }
        let cell = values.isEmpty ? "" : " (where \(values.joined(separator: ", ").visible))"
        problems.add(
            axes.origin(of: misfit.error.key) ?? place,
            "\(misfit.error)\(cell)")
    }
}
