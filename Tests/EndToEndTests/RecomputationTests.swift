import PlumblineKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)), .sampleCompany)
struct RecomputationTests {
    /// Anonymous indicators show no records. Where all groups that count may be seen, the value is joined again from
    /// them; where the groups are single answers, or the value itself is hidden, there is nothing to recompute it from.
    @Test func `every value follows from its explanation alone, except anonymous ones whose groups are hidden`()
        async throws
    {
        let program = try #require(SampleCompany.current).program
        let values = try await program.values()
        let explanations = try #require(try await program.json("explain", "--all").array)
        #expect(explanations.count == values.count)
        var tally = Tally()
        for explanation in explanations {
            let key = try #require(PublishedValue.Key(explanation))
            tally.note(Verdict(try #require(values[key]), explanation))
        }
        print(tally)
        #expect(tally.disagreeing.isEmpty)
        #expect(tally.recomputed == explanations.count { $0["anonymous"] != true })
        #expect(tally.recomputed > 2_500)
        // Anonymous indicators have values for one kind of period.
        #expect(tally.fromGroups > 30)
        #expect(Set(explanations.compactMap { $0["indicator"]?.string }).count > 80)
    }

    struct Tally: CustomStringConvertible {
        var recomputed = 0
        var fromGroups = 0
        var hidden = 0
        var sealed = 0
        var disagreeing: [String] = []

        mutating func note(_ verdict: Verdict) {
            switch verdict {
            case .agrees: recomputed += 1
            case .agreesByGroups: fromGroups += 1
            case .hidden: hidden += 1
            case .sealed: sealed += 1
            case .disagrees(let text): disagreeing.append(text)
            }
        }

        var description: String {
            "\(recomputed) values recomputed from records, \(fromGroups) from groups; left out of the anonymous ones: "
                + "\(hidden) that are hidden or have no data, \(sealed) whose groups are"
        }
    }

    enum Verdict {
        case agrees, agreesByGroups
        /// Anonymous, and the value is shown to nobody or does not exist.
        case hidden
        /// Anonymous, and the groups are single answers that are not shown.
        case sealed
        case disagrees(String)

        init(_ value: PublishedValue, _ explanation: JSON) {
            let recomputation = Recomputation(explanation: explanation)
            let published = explanation["published"] ?? .null
            guard published["agrees"] == true, published["exact"]?.string == value.exact,
                explanation["value"]?["evidence_digest"]?.string ?? value.digest == value.digest
            else {
                self = .disagrees("\(value.key): the explanation is not of the published value")
                return
            }
            if explanation["anonymous"] == true {
                guard value.exact != nil, recomputation.showsGroups else {
                    self = value.exact == nil ? .hidden : .sealed
                    return
                }
                self =
                    recomputation.value == value.exact.flatMap { Fraction($0) }
                    ? .agreesByGroups : .disagrees("\(value.key): \(value.exact ?? "-") is not what its groups give")
                return
            }
            self = Self.compare(value, recomputation)
        }

        private static func compare(_ value: PublishedValue, _ recomputation: Recomputation) -> Verdict {
            let number = recomputation.value
            guard number == value.exact.flatMap({ Fraction($0) }) else {
                return .disagrees(
                    "\(value.key): published \(value.exact ?? "-"), recomputed \(number?.description ?? "-")")
            }
            guard number.map({ recomputation.rounded($0) }) == value.decimal else {
                return .disagrees("\(value.key): rounded to \(value.decimal ?? "-")")
            }
            guard recomputation.sample == value.sample else {
                return .disagrees("\(value.key): sample \(value.sample), recomputed \(recomputation.sample)")
            }
            return recomputation.allows(value.status) ? .agrees : .disagrees("\(value.key): status \(value.status)")
        }
    }
}
