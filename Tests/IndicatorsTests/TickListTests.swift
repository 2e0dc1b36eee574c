import Testing

@testable import Indicators

/// Packed numbers are those that went in, in ascending order.
@Suite struct TickListTests {
    private static let spreads: [(Int64, Int64)] = [
        (0, 1), (-5, 5), (0, 3_600_000_000), (-1_000_000, 1_000_000), (.min, .max),
    ]

    @Test(arguments: [0, 1, 2, 63, 64, 65, 1_000, 5_000], spreads)
    func `numbers come back sorted, each as often as it went in`(count: Int, spread: (Int64, Int64)) {
        var random = SplitMix(state: UInt64(count))
        let numbers = (0..<count).map { _ in Int64.random(in: spread.0...spread.1, using: &random) }
        #expect(Array(list(numbers).all) == numbers.sorted())
        #expect(list(numbers).count == count)
    }

    @Test func `numbers that came ascending, descending and all alike come back`() {
        let numbers = Array(Int64(-500)...500)
        #expect(Array(list(numbers).all) == numbers)
        #expect(Array(list(numbers.reversed()).all) == numbers)
        #expect(Array(list(Array(repeating: 7, count: 300)).all) == Array(repeating: 7, count: 300))
    }

    @Test func `whole seconds of three days take a byte or two each, whatever unit they are counted in`() {
        var random = SplitMix(state: 1)
        let run = list((0..<10_000).map { _ in Int64.random(in: 0...259_200, using: &random) * 1_000_000 }).all
        #expect(run.byteCount < 12_000)
    }

    private func list(_ numbers: [Int64]) -> TickList {
        numbers.reduce(into: TickList()) { $0.append($1) }
    }
}
