extension GateFinding {
    /// The list as a column holds it.
    static func stored(_ findings: [GateFinding]) -> String {
        StoredJSON.list(
            findings.map { finding in
                .object([
                    "rule": .string(finding.rule), "subject": finding.subject.map { .string($0) } ?? .null,
                    "found": .string(finding.found), "expected": .string(finding.expected),
                ])
            }
        ).text
    }

    /// Reads a list as a column holds it.
    static func list(stored text: String) throws(StoreError) -> [GateFinding] {
        guard case .list(let items)? = StoredJSON(text) else {
            throw .damaged(reason: "the findings of a hold are not as they were written")
        }
        return items.map { item in
            GateFinding(
                rule: item["rule"].string ?? "", subject: item["subject"].string, found: item["found"].string ?? "",
                expected: item["expected"].string ?? "")
        }
    }
}
