import Expressions
import Foundation
import Indicators
import PlumblineTesting
import Testing

/// Groups of answers: too small ones are left out or merged, so that nobody's single answer shows.
@Suite struct GroupTests {
    private static let rating = """
        {value: record.points, group_by: [record.kind], inner: mean, outer: weighted_mean, min_group: 3, \
        min_group_except: [self, manager], sample_by: record.rater, group_weights: constants.weights, scale_digits: 4
        """

    private func ratings(_ groups: [(kind: String, scores: [String])]) -> String {
        let records = groups.flatMap { group in
            group.scores.enumerated().map { "{kind: \(group.kind), points: \($1), rater: \(group.kind)\($0)}" }
        }
        return "[\(records.joined(separator: ", "))]"
    }

    @Test func `a group that is too small takes no part`() throws {
        let ledger = try Ledger(Self.rating + "}", constants: "{weights: {manager: 40, peer: 30}}")
        let records = ratings([("manager", ["3"]), ("peer", ["5", "5"])])
        #expect(try ledger.shown(records) == "3.0000")
        let groups = try ledger.explanation(records).measures[0].groups
        #expect(groups.map { "\($0.key) \($0.size) \($0.isShown)" } == ["manager 1 true", "peer 2 false"])
    }

    @Test func `raters whose group is too small are not in the sample`() throws {
        let ledger = try Ledger(Self.rating + ", min_sample: 3}", constants: "{weights: {manager: 40, peer: 30}}")
        let value = try #require(try ledger.value(ratings([("manager", ["3"]), ("peer", ["5", "5"])])))
        #expect(value.sample == 1 && value.status == .lowSample)
        #expect(value.coverage == Coverage(included: 1, excluded: 2))
    }

    @Test func `the size of a group is its number of raters, not of answers`() throws {
        let ledger = try Ledger(Self.rating + "}", constants: "{weights: {peer: 30}}")
        let twice = "{kind: peer, points: 4, rater: a}, {kind: peer, points: 4, rater: b}"
        #expect(try ledger.shown("[\(twice), \(twice)]") == "no_data")
        #expect(try ledger.shown("[\(twice), {kind: peer, points: 1, rater: c}]") == "3.0000")
    }

    @Test func `the weights of groups that are there are shared among them`() throws {
        let ledger = try Ledger(Self.rating + "}", constants: "{weights: {manager: 40, peer: 10}}")
        #expect(try ledger.shown(ratings([("manager", ["2"]), ("peer", ["4", "4", "4"])])) == "2.4000")
        #expect(try ledger.shown(ratings([("peer", ["4", "4", "4"])])) == "4.0000")
    }

    @Test func `other constants give another value`() throws {
        let records = ratings([("manager", ["2"]), ("peer", ["4", "4", "4"])])
        #expect(try Ledger(Self.rating + "}", constants: "{weights: {manager: 1, peer: 1}}").shown(records) == "3.0000")
        #expect(try Ledger(Self.rating + "}", constants: "{weights: {manager: 1, peer: 3}}").shown(records) == "3.5000")
    }

    @Test func `groups are joined without weights by their mean, not by their records`() throws {
        let ledger = try Ledger("{value: record.points, group_by: [record.kind], inner: mean, outer: mean}")
        #expect(try ledger.shown("[{kind: a, points: 1}, {kind: a, points: 3}, {kind: b, points: 8}]") == "5.00")
    }

    @Test func `measures of a finish are joined group by group`() throws {
        let ledger = try Ledger(
            "{group_by: [record.kind], measures: {good: {where: record.ok}, all: {}}, finish: 'good / all', outer: mean}"
        )
        #expect(try ledger.shown("[{kind: a, ok: true}, {kind: b, ok: true}, {kind: b, ok: false}]") == "0.75")
    }

    @Test func `a group of which the numerator counts nothing is zero, not absent`() throws {
        let ratio = "{group_by: [record.kind], numerator: {where: record.ok}, denominator: {}, outer: mean"
        let records = "[{kind: a, ok: true}, {kind: b, ok: false}, {kind: b, ok: false}]"
        #expect(try Ledger(ratio + "}").shown(records) == "0.50")
        #expect(try Ledger(ratio + ", min_group: 2}").shown(records) == "0.00")
        #expect(try Ledger(ratio + ", min_group: 2}").shown("[{kind: a, ok: true}]") == "no_data")
    }

    @Test func `small groups of a ratio are decided by its denominator, also where they are merged`() throws {
        let ledger = try Ledger(
            "{group_by: [record.kind], numerator: {where: record.ok}, denominator: {}, outer: mean, min_group: 2, "
                + "small_groups: merge}")
        let records = "[{kind: a, ok: true}, {kind: b, ok: false}, {kind: c, ok: true}, {kind: c, ok: false}]"
        #expect(try ledger.shown(records) == "0.50")
        let groups = try ledger.explanation(records).measures.map { measure in
            measure.groups.map { "\($0.key) \($0.size) \($0.isShown)" }
        }
        #expect(groups[0] == ["a 1 false", "b 0 false", "c 1 true", "others 1 true"])
        #expect(groups[1] == ["a 1 false", "b 1 false", "c 2 true", "others 2 true"])
    }

    @Test func `a group that a count of a finish lacks is zero there`() throws {
        let ledger = try Ledger(
            "{group_by: [record.kind], measures: {good: {where: record.ok}, all: {}}, finish: 'good / all', outer: mean}"
        )
        #expect(try ledger.shown("[{kind: a, ok: true}, {kind: b, ok: false}]") == "0.50")
    }

    @Test func `a group is not zero where what it measures is missing`() throws {
        let ledger = try Ledger(
            "{group_by: [record.kind], numerator: {value: record.points}, denominator: {value: record.weight}, outer: mean}"
        )
        #expect(try ledger.shown("[{kind: a, points: 1, weight: 1}, {kind: b, weight: 1}]") == "1.00")
    }

    @Test func `a group that is hidden in a measure of a finish is empty there, not zero`() throws {
        let ledger = try Ledger(
            "{group_by: [record.kind], measures: {shown: {min_group: 2}, all: {}}, "
                + "finish: 'shown == null ? decimal(9) : shown / all', outer: mean}")
        #expect(try ledger.shown("[{kind: a}]") == "9.00")
    }

    @Test(.enabled(if: SharedFolder.isExpected, "the shared folder is absent"))
    func `ratings by several people agree with the reference`() throws {
        let cases = try Self.references()
        #expect(cases.count == 5)
        for reference in cases {
            let weights = reference.weights.map { "\($0): \($1)" }.joined(separator: ", ")
            let ledger = try Ledger(Self.rating + ", small_groups: merge}", constants: "{weights: {\(weights)}}")
            let value = try #require(try ledger.value(ratings(reference.ratings)), "\(reference.id)")
            #expect(value.value?.description ?? "" == reference.exact, "\(reference.id)")
            #expect(value.decimal ?? value.status.rawValue == reference.shown, "\(reference.id)")
            let groups = try ledger.explanation(ratings(reference.ratings)).measures[0].groups.filter(\.isShown)
            let shown = groups.map { "\($0.key) \($0.size) \($0.result?.rounded(toDigits: 4) ?? "")" }
            if let groups = reference.groups { #expect(shown.sorted() == groups, "\(reference.id)") }
        }
    }

    private struct Reference {
        let id: String
        let weights: [(String, String)]
        let ratings: [(kind: String, scores: [String])]
        let exact: String
        let shown: String
        /// What each shown group has; nil where the reference does not tell.
        let groups: [String]?
    }

    /// The cases of `multi_rater`, each a map of texts.
    private static func references() throws -> [Reference] {
        let data = try Data(contentsOf: SharedFolder.file("scoring-vectors.json"))
        let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cases = try #require(all["cases"] as? [[String: Any]])
        return try cases.filter { $0["method"] as? String == "multi_rater" }.map { one in
            let parameters = try #require(one["params"] as? [String: Any])
            let input = try #require(one["input"] as? [String: Any])
            let expected = try #require(one["expect"] as? [String: Any])
            let exact = (expected["exact"] as? String)?.split(separator: "/").map(String.init)
            let groups = expected["groups"] as? [String: [String: Any]]
            return Reference(
                id: one["id"] as? String ?? "",
                weights: try #require(parameters["weights"] as? [String: String]).map { ($0, $1) },
                ratings: try #require(input["ratings"] as? [String: [String]]).map { ($0, $1) },
                exact: exact.flatMap { Rational(numerator: $0[0], denominator: $0[1])?.description } ?? "",
                shown: expected["overall"] as? String ?? "no_data",
                groups: groups.map { $0.map { "\($0) \($1["n"] ?? "") \($1["mean"] ?? "")" }.sorted() })
        }
    }
}
