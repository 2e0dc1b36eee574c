import Foundation

/// Kills pulls at random moments and notes these. `PLUMBLINE_KILL_SEED` repeats a run.
struct KillReport: CustomStringConvertible {
    let seed: UInt64
    private var chance: SeededChance
    private(set) var moments: [Duration] = []

    init() {
        let named = ProcessInfo.processInfo.environment["PLUMBLINE_KILL_SEED"].flatMap { UInt64($0) }
        seed = named ?? UInt64.random(in: 0...UInt64.max)
        chance = SeededChance(seed: seed)
    }

    var kills: Int { moments.count }

    /// Pulls and kills again and again, each time after a random moment up to `limit`, until a pull ends by itself or
    /// there were `most` kills in all.
    mutating func killPulls(of program: Plumbline, within limit: Duration, most: Int) async throws {
        while kills < most {
            let moment = random(upTo: limit)
            let pull = try program.start(["pull"])
            try await Task.sleep(for: moment)
            pull.kill()
            guard try await pull.finish(timeout: .seconds(10)).wasKilled else { return }
            moments.append(moment)
        }
    }

    /// A moment of which the seed decides.
    mutating func random(upTo limit: Duration) -> Duration {
        let microseconds = limit.components.seconds * 1_000_000 + limit.components.attoseconds / 1_000_000_000_000
        return .microseconds(Int64.random(in: 0...microseconds, using: &chance))
    }

    mutating func note(_ moment: Duration) { moments.append(moment) }

    var description: String {
        "killed with seed \(seed) after \(moments.map { "\($0)" }.joined(separator: ", "))"
    }
}

/// Random numbers that a seed repeats (SplitMix64).
struct SeededChance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
