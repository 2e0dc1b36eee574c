/// Records of a ``Ledger`` made up at random.
enum RandomDeeds {
    /// So many deeds, and two deals.
    static func list(_ count: Int, _ random: inout SplitMix) -> String {
        let deeds = (0..<count).map { deed($0, &random) }
        return "["
            + (deeds + ["{type: deal, id: D1, worth: 3}", "{type: deal, id: D2, worth: 5}"]).joined(separator: ", ")
            + "]"
    }

    /// A deed with this number.
    static func deed(_ number: Int, owners: [String] = ["E01", "E02", "E03", "null"], _ random: inout SplitMix)
        -> String
    {
        func pick(_ choices: [String]) -> String { choices[Int(random.next() % UInt64(choices.count))] }
        return "{id: R\(number), owner_id: \(pick(owners)), kind: \(pick(["a", "b", "c", "d"])), "
            + "points: \(pick(["1", "2.5", "-3", "7", "null"])), weight: \(pick(["1", "2", "0.5", "null"])), "
            + "rater: r\(pick(["1", "2", "3", "4", "5", "6", "7"])), ok: \(pick(["true", "false"])), "
            + "ref: \(pick(["D1", "D2", "D3"])), begun: 2026-0\(pick(["7", "8", "9"]))-20T02:00:00Z, "
            + "at: 2026-0\(pick(["7", "8", "9"]))-1\(pick(["0", "1", "2"]))T0\(pick(["1", "2"])):00:00Z}"
    }
}

/// A small random generator whose numbers are the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
