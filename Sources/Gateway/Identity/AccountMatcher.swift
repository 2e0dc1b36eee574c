internal import Indicators
internal import ReviewStore

/// Matches accounts to employees by staff number, then e-mail, then phone; names only propose.
///
/// A rule decides only where it finds exactly one employee. Where an e-mail or phone belonged to different people at
/// different times, the account gets a row for each span.
struct AccountMatcher {
    private var staffNumbers: [String: [DirectoryEntry]] = [:]
    private var emails: [String: [DirectoryEntry]] = [:]
    private var phones: [String: [DirectoryEntry]] = [:]
    private var names: [String: Set<String>] = [:]

    init(_ entries: [DirectoryEntry]) {
        for entry in entries {
            staffNumbers[entry.employee.lowercased(), default: []].append(entry)
            for email in entry.emails { emails[email.lowercased(), default: []].append(entry) }
            for phone in entry.phones { phones[Self.digits(phone), default: []].append(entry) }
            for name in [entry.nameZh, entry.nameEn].compactMap({ $0?.lowercased() }) {
                names[name, default: []].insert(entry.employee)
            }
        }
    }

    /// The rows of an account: one, or several where it belonged to different people over time.
    func match(connection: String, _ mention: AccountMention) -> [Account] {
        for (rule, entries) in rules(for: mention) where !entries.isEmpty {
            let employees = Set(entries.map(\.employee))
            if employees.count == 1, let employee = employees.first {
                return [account(connection, mention, .resolved(employee: employee), rule: rule)]
            }
            return dated(connection, mention, entries, rule: rule)
                ?? [account(connection, mention, .ambiguous, candidates: employees.sorted())]
        }
        let proposed = [mention.name, mention.account].compactMap { $0.flatMap { names[$0.lowercased()] } }
        return [account(connection, mention, .unresolved, candidates: Set(proposed.joined()).sorted())]
    }

    private func rules(for mention: AccountMention) -> [(String, [DirectoryEntry])] {
        let texts = [mention.account]
        return [
            ("staff_number", find(texts + [mention.staffNumber], in: staffNumbers) { $0.lowercased() }),
            ("email", find(texts + [mention.email], in: emails) { $0.lowercased() }),
            ("phone", find(texts + [mention.phone], in: phones, Self.digits)),
        ]
    }

    private func find(
        _ texts: [String?], in index: [String: [DirectoryEntry]], _ normal: (String) -> String
    ) -> [DirectoryEntry] {
        texts.compactMap { $0 }.map(normal).filter { !$0.isEmpty }.flatMap { index[$0] ?? [] }
    }

    /// A row for each span, where no two people have the account at the same time.
    private func dated(
        _ connection: String, _ mention: AccountMention, _ entries: [DirectoryEntry], rule: String
    ) -> [Account]? {
        let sorted = entries.sorted { ($0.validFrom?.sinceEpoch ?? .min) < ($1.validFrom?.sinceEpoch ?? .min) }
        for (first, second) in zip(sorted, sorted.dropFirst()) where first.employee != second.employee {
            guard let end = first.validTo, let start = second.validFrom, end <= start else { return nil }
        }
        return sorted.map { entry in
            var row = account(connection, mention, .resolved(employee: entry.employee), rule: rule)
            row.validFrom = entry.validFrom
            row.validTo = entry.validTo
            return row
        }
    }

    private func account(
        _ connection: String, _ mention: AccountMention, _ state: AccountState, rule: String? = nil,
        candidates: [String] = []
    ) -> Account {
        Account(
            connection: connection, account: mention.account, state: state,
            hints: AccountHints(
                name: mention.name, email: mention.email, phone: mention.phone, staffNumber: mention.staffNumber),
            candidates: candidates, rule: rule)
    }

    /// The digits of a phone number, without the country code of mainland China; empty for a text with other letters.
    private static func digits(_ text: String) -> String {
        let allowed = text.allSatisfy { $0.isNumber && $0.isASCII || " -+()".contains($0) }
        let digits = text.filter(\.isNumber)
        guard allowed else { return "" }
        return digits.count == 13 && digits.hasPrefix("86") ? String(digits.dropFirst(2)) : digits
    }
}
