import PlumblineKit

/// A value as `plumbline values --format json` shows it.
struct PublishedValue: Hashable {
    let key: Key
    let status: String
    let exact: String?
    let decimal: String?
    /// Nil where the value is hidden.
    let digest: String?
    let sample: Int

    struct Key: Hashable, Comparable, CustomStringConvertible {
        let indicator: String
        let kind: String
        let subject: String
        let period: String

        init(indicator: String, kind: String, subject: String, period: String) {
            (self.indicator, self.kind, self.subject, self.period) = (indicator, kind, subject, period)
        }

        /// The key of a value or of an explanation; nil where the JSON is neither.
        init?(_ json: JSON) {
            guard let indicator = json["indicator"]?.string, let kind = json["subject"]?["kind"]?.string,
                let subject = json["subject"]?["id"]?.string,
                let period = json["period"]?.string ?? json["period"]?["id"]?.string
            else { return nil }
            self.init(indicator: indicator, kind: kind, subject: subject, period: period)
        }

        var description: String { "\(indicator) \(subject) \(period)" }

        static func < (left: Self, right: Self) -> Bool {
            (left.indicator, left.kind, left.subject, left.period)
                < (right.indicator, right.kind, right.subject, right.period)
        }
    }

    init?(_ json: JSON) {
        guard let key = Key(json), let status = json["status"]?.string, let sample = json["sample_size"]?.int
        else { return nil }
        self.key = key
        (self.status, self.sample) = (status, sample)
        digest = json["evidence_digest"]?.string
        (exact, decimal) = (json["exact"]?.string, json["decimal"]?.string)
    }
}

extension Plumbline {
    /// All published values by their key.
    func values() async throws -> [PublishedValue.Key: PublishedValue] {
        let list = try await json("values", "--all").array ?? []
        let values = list.compactMap(PublishedValue.init)
        guard values.count == list.count else { throw Failure(description: "a value lacks what every value has") }
        return Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0) })
    }
}
