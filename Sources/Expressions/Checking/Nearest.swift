/// A name among `known` that `name` is likely a misspelling of.
func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let letters = Array(name.lowercased().utf8)
    let limit = max(1, letters.count / 3)
    let ranked = known.map { (name: $0, distance: editDistance(letters, Array($0.lowercased().utf8))) }
    let best = ranked.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return best.flatMap { $0.distance <= limit ? $0.name : nil }
}

/// `; did you mean 'x'?` where a known name is near, else nothing.
func proposal(for name: String, among known: some Sequence<String>) -> String {
    nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
}

/// How many letters must be inserted, dropped, replaced or swapped with their neighbour.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var older: [Int] = []
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var cost = min(current[column], previous[column + 1]) + 1
            cost = min(cost, previous[column] + (letter == other ? 0 : 1))
            if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                cost = min(cost, older[column - 1] + 1)
            }
            current.append(cost)
        }
        (older, previous) = (previous, current)
    }
    return previous[right.count]
}
