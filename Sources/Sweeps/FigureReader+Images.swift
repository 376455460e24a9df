/// Reads figures of images.
extension FigureReader {
    func readImages(
        _ element: SourceNode, _ what: String, name: String, _ problems: inout Problems
    ) -> ImagesSpec? {
        let section = Section(
            element, what, keys: ["images", "at", "unit", "each", "seed", "where"], &problems)
        let arrays = section["images"].map { readArrays($0, &problems) } ?? []
        let times = section["at"].map { readTimes($0, &problems) } ?? []
        let each = section["each"].map { $0.integer("each", in: 1...64, &problems) ?? 1 } ?? 1
        let seed = section["seed"].flatMap { $0.integer("seed", in: 1...1_000_000, &problems) }
        let groups = readGroups(section, &problems)
        // Images are kept at few steps, which epochs would show as fractions.
        let unit = section["unit"].map { vocabulary.unit($0, &problems) } ?? "step"
        guard let unit, !arrays.isEmpty else { return nil }
        return ImagesSpec(
            name: name, arrays: arrays, times: times, unit: unit, each: each, seed: seed,
            condition: groups.condition)
    }

    /// One word or a list of them: of `sample` all arrays `sample/…`.
    private func readArrays(_ element: SourceNode, _ problems: inout Problems) -> [String] {
        let entries =
            if case .list(let entries) = element.content { entries } else { [element] }
        var found: [String] = []
        for entry in entries {
            guard let word = entry.text("images", &problems) else { continue }
            let arrays = vocabulary.arrays(of: word)
            if arrays.isEmpty, vocabulary.plan != nil {
                problems.add(
                    entry.origin,
                    "no trial of this sweep keeps images \(entry.phrase)"
                        + vocabulary.hint(ofArray: word))
            } else if let known = arrays.first(where: found.contains) {
                problems.add(entry.origin, "\(known) is there twice; keep one")
            }
            found += arrays.filter { !found.contains($0) }
        }
        return found
    }

    /// One time, or a list of them.
    private func readTimes(_ element: SourceNode, _ problems: inout Problems) -> [Double] {
        let times = element.value.flatMap { $0.number.map { [$0] } ?? $0.numbers } ?? []
        let isRising = zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
        guard (1...24).contains(times.count), times.allSatisfy({ $0 >= 0 }), isRising else {
            element.complain(
                "at must be a time, or one to 24 rising ones, not \(element.phrase); write "
                    + "at: [500, 2000]", &problems)
            return []
        }
        return times
    }
}

extension Vocabulary {
    /// The arrays of any cell that have this name, or this word and a slash before the rest of it.
    func arrays(of word: String) -> [String] {
        keptArrays.filter { $0 == word || $0.hasPrefix(word + "/") }
    }

    /// What would be right in place of a name that no array has.
    func hint(ofArray word: String) -> String {
        let known = keptArrays
        let families = known.compactMap { $0.split(separator: "/").first.map(String.init) }
        return known.isEmpty
            ? "; a kind's keys say whether any are kept: sample.keep of diffusion"
            : suggestion(for: word, among: Array(Set(families)).sorted() + known)
    }

    private var keptArrays: [String] {
        guard let plan else { return [] }
        var found: [String] = []
        for index in 0..<plan.cellCount {
            let arrays = plan.kind.arrays(of: plan.cell(at: index).configuration)
            for array in arrays where !found.contains(array.name) { found.append(array.name) }
        }
        return found
    }
}
