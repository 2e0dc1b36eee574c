@testable import Indicators

/// Days of 2026 as `07-01`, and rows and people as a line each, for tests to read.
func day(_ text: String) -> Day {
    guard let day = Day(text: "2026-\(text)") else { preconditionFailure("no day: \(text)") }
    return day
}

extension DirectoryEntry {
    /// `E01 Plumb/Support 07-01..08-01`; an open end is empty.
    var line: String {
        let days = [validFrom, validTo].map { $0.map { String($0.description.dropFirst(5)) } ?? "" }
        return ([employee, unit ?? "-", days.joined(separator: "..")] + emails).joined(separator: " ")
    }
}

extension DirectoryHistory {
    var lines: [String] { entries.map(\.line) }

    /// Takes in people on a day; what is doubtful is taken in as well.
    @discardableResult
    mutating func follow(_ text: String, _ people: DirectoryPerson...) -> DirectoryNews {
        follow(DirectorySnapshot(people), on: day(text)).news
    }
}

extension DirectoryPerson {
    /// Somebody whose account is their staff number in small letters.
    static func told(
        _ employee: String, _ unit: String? = nil, emails: [String]? = nil, joined: String? = nil, left: String? = nil,
        isActive: Bool = true
    ) -> DirectoryPerson {
        DirectoryPerson(
            account: employee.lowercased(), employee: employee, emails: emails, unit: unit, joined: joined.map(day),
            left: left.map(day), isActive: isActive)
    }
}
