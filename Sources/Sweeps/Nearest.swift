/// The word that was probably meant.
///
/// Near is what differs in few letters (a swap of neighbours is one), capitals aside, or is the
/// last part of a dotted key.
///
/// - Returns: The nearest of `words`, the first of several; nil where none is near.
public func nearest(to word: String, among words: [String]) -> String? {
    let given = Array(word.lowercased().unicodeScalars)
    guard given.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in words {
        let full = Array(candidate.lowercased().unicodeScalars)
        let lastPart = Array(full.split(separator: ".").last ?? [])
        var distance = editDistance(given, full)
        var limit = max(1, max(given.count, full.count) / 3)
        if lastPart.count < full.count, lastPart.count > 2 {
            let ofLastPart = editDistance(given, lastPart)
            if ofLastPart < distance, ofLastPart <= lastPart.count / 3 {
                distance = ofLastPart
                limit = lastPart.count / 3
            }
        }
        if distance <= limit, distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.word
}

/// `; did you mean 'task.signal'?`, or what is known where nothing is near.
func suggestion(for word: String, among words: [String]) -> String {
    if let near = nearest(to: word, among: words) { return "; did you mean '\(near)'?" }
    return words.isEmpty ? "; leave it out" : "; known are \(words.joined(separator: ", "))"
}

/// How many letters must be added, left out, changed or swapped with their neighbour to make `b` of
/// `a`, no letter touched twice.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                best = min(best, beforeLast[j - 1] + 1)
            }
            row.append(best)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
