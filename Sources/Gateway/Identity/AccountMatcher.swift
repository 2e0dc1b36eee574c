internal import Indicators
internal import ReviewStore

/// Matches accounts to employees by staff number, then e-mail, then phone; names only propose.
///
/// What the source tells of the person comes first. The account's own text is read as a staff number, e-mail or phone
/// only where that finds nobody, and never in the place of a hint of the same or a stronger rule. Nobody is guessed: rules
/// that point to different people leave the account to a person. Where an e-mail or phone belonged to different people at
/// different times, the account gets a row for each span.
struct AccountMatcher {
    /// From the strongest to the weakest.
    fileprivate enum Rule: String, CaseIterable {
        case staffNumber = "staff_number"
        case email, phone
    }

    private struct Finding {
        let rule: Rule
        let entries: Set<DirectoryEntry>
        var employees: Set<String> { Set(entries.map(\.employee)) }
    }

    private var entries: [Rule: [String: Set<DirectoryEntry>]] = [:]
    private var names: [String: Set<String>] = [:]

    init(_ entries: [DirectoryEntry]) {
        for entry in entries {
            add(entry, [entry.employee], .staffNumber)
            add(entry, entry.emails, .email)
            add(entry, entry.phones, .phone)
            for name in [entry.nameZh, entry.nameEn].compactMap({ $0?.lowercased() }) {
                names[name, default: []].insert(entry.employee)
            }
        }
    }

    private mutating func add(_ entry: DirectoryEntry, _ texts: [String], _ rule: Rule) {
        for text in texts { entries[rule, default: [:]][rule.normal(text), default: []].insert(entry) }
    }

    /// The rows of an account: one, or several where it belonged to different people over time.
    func match(connection: String, _ mention: AccountMention) -> [Account] {
        let findings = findings(of: mention)
        guard let first = findings.first else {
            let proposed = [mention.name, mention.account].compactMap { $0.flatMap { names[$0.lowercased()] } }
            return [account(connection, mention, .unresolved, candidates: Set(proposed.joined()).sorted())]
        }
        if findings.allSatisfy({ first.employees.isSubset(of: $0.employees) }) {
            if first.employees.count == 1, let employee = first.employees.first {
                return [account(connection, mention, .resolved(employee: employee), rule: first.rule)]
            }
            if let rows = dated(connection, mention, first) { return rows }
        }
        let candidates = findings.reduce(into: Set<String>()) { $0.formUnion($1.employees) }
        return [account(connection, mention, .ambiguous, candidates: candidates.sorted())]
    }

    /// Whom each rule finds, those left out that find nobody.
    private func findings(of mention: AccountMention) -> [Finding] {
        let told = Rule.allCases.compactMap { rule in rule.hint(of: mention).flatMap { find($0, rule) } }
        if !told.isEmpty { return told }
        return Rule.allCases.prefix { $0.hint(of: mention) == nil }.compactMap { find(mention.account, $0) }
    }

    private func find(_ text: String, _ rule: Rule) -> Finding? {
        let normal = rule.normal(text)
        if normal.isEmpty { return nil }
        return entries[rule]?[normal].map { Finding(rule: rule, entries: $0) }
    }

    /// A row for each span, where no two people have the account at the same time.
    private func dated(
        _ connection: String, _ mention: AccountMention, _ finding: Finding
    ) -> [Account]? {
        let sorted = finding.entries.sorted { ($0.validFrom?.sinceEpoch ?? .min) < ($1.validFrom?.sinceEpoch ?? .min) }
        for (first, second) in zip(sorted, sorted.dropFirst()) where first.employee != second.employee {
            guard let end = first.validTo, let start = second.validFrom, end <= start else { return nil }
        }
        return sorted.map { entry in
            var row = account(connection, mention, .resolved(employee: entry.employee), rule: finding.rule)
            row.validFrom = entry.validFrom
            row.validTo = entry.validTo
            return row
        }
    }

    private func account(
        _ connection: String, _ mention: AccountMention, _ state: AccountState, rule: Rule? = nil,
        candidates: [String] = []
    ) -> Account {
        Account(
            connection: connection, account: mention.account, state: state,
            hints: AccountHints(
                name: mention.name, email: mention.email, phone: mention.phone, staffNumber: mention.staffNumber),
            candidates: candidates, rule: rule?.rawValue)
    }
}

extension AccountMatcher.Rule {
    /// What the source tells of the person by this rule; nil where it tells nothing.
    fileprivate func hint(of mention: AccountMention) -> String? {
        switch self {
        case .staffNumber: mention.staffNumber
        case .email: mention.email
        case .phone: mention.phone
        }
    }

    /// A text without what makes no difference.
    fileprivate func normal(_ text: String) -> String {
        switch self {
        case .staffNumber, .email: text.lowercased()
        case .phone: Self.digits(text)
        }
    }

    /// The digits of a phone number, without the country code of mainland China; empty for a text with other letters.
    private static func digits(_ text: String) -> String {
        let allowed = text.allSatisfy { $0.isNumber && $0.isASCII || " -+()".contains($0) }
        let digits = text.filter(\.isNumber)
        guard allowed else { return "" }
        return digits.count == 13 && digits.hasPrefix("86") ? String(digits.dropFirst(2)) : digits
    }
}
