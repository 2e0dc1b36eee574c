/// A piece of work that is timed: it does `count` operations a round and gives a number that depends on all of them.
struct Measurement {
    let name: String
    let count: Int
    let work: () -> Int

    /// The median time of one operation over `rounds` rounds, in nanoseconds.
    func nanoseconds(rounds: Int) -> Double {
        var times: [Double] = []
        for _ in 0..<rounds {
            let clock = ContinuousClock()
            var result = 0
            let time = clock.measure { result = work() }
            precondition(result != .min, "the work must give a number")
            times.append(Double(time.components.seconds) * 1e9 + Double(time.components.attoseconds) / 1e9)
        }
        return times.sorted()[rounds / 2] / Double(count)
    }
}

/// Times two pieces of work in turn, so that both meet the same noise, and prints their ratio.
func compare(_ measured: Measurement, with reference: Measurement, rounds: Int = 5) {
    var ours: [Double] = []
    var theirs: [Double] = []
    for _ in 0..<rounds {
        theirs.append(reference.nanoseconds(rounds: 1))
        ours.append(measured.nanoseconds(rounds: 1))
    }
    let (own, other) = (ours.sorted()[rounds / 2], theirs.sorted()[rounds / 2])
    print("\(measured.name): \(text(own)) ns; \(reference.name): \(text(other)) ns; ratio \(text(own / other))")
}

/// Times one piece of work and prints operations per second.
func report(_ measured: Measurement, rounds: Int = 5) {
    let nanoseconds = measured.nanoseconds(rounds: rounds)
    print("\(measured.name): \(Int(1e9 / nanoseconds)) per second")
}

private func text(_ number: Double) -> String {
    let scaled = Int((number * 100).rounded())
    return "\(scaled / 100).\(scaled % 100 < 10 ? "0" : "")\(scaled % 100)"
}
