internal import Expressions

/// A person as one source knows them, mentioned in a record, with what the source tells about them.
public struct AccountMention: Sendable, Hashable {
    /// The key under which `account(x, hints)` keeps the account itself.
    static let accountKey = "account"

    /// What the source calls the person: a user name, an id or an address; never empty.
    public let account: String
    /// Their e-mail address, where the source tells it.
    public var email: String?
    /// Their phone number as the source writes it.
    public var phone: String?
    /// Their staff number, where the source knows it.
    public var staffNumber: String?
    /// Their name for people. It never decides who they are, it only proposes.
    public var name: String?

    /// A mention with what the source tells beside the account.
    public init(
        account: String, email: String? = nil, phone: String? = nil, staffNumber: String? = nil, name: String? = nil
    ) {
        self.account = account
        self.email = email
        self.phone = phone
        self.staffNumber = staffNumber
        self.name = name
    }

    /// Reads what `account(...)` gives: a text, or a map with hints; nil for anything else, also for an empty text.
    init?(_ value: Value) {
        switch value {
        case .optional(.some(let inner)): self.init(inner)
        case .string(let text) where !text.isEmpty: self.init(account: text)
        case .map(let map):
            guard let account = map.text(Self.accountKey) else { return nil }
            self.init(
                account: account, email: map.text("email"), phone: map.text("phone"),
                staffNumber: map.text("staff_number"), name: map.text("name"))
        default: return nil
        }
    }
}

extension MapValue {
    fileprivate func text(_ key: String) -> String? {
        switch self[.string(key)] {
        case .string(let text)?: text.isEmpty ? nil : text
        case .int(let number)?: String(number)
        default: nil
        }
    }
}
