/// What a connection says to any depth, for another program's configuration: what JSON can say, and secrets.
///
/// The host resolves every text that is a reference (`${file:NAME}`, `${env:NAME}`), at whatever depth it stands.
public indirect enum NestedSetting: Sendable, Hashable {
    /// A text, a number with its own text, a boolean, or null.
    case value(JSON)
    /// A text that must not be seen.
    case secret(Secret)
    case list([NestedSetting])
    case map([String: NestedSetting])
}

extension NestedSetting {
    /// The whole with its secrets in the open, for the program that it is meant for and nothing else. Members are in the
    /// order of their keys.
    public func reveal() -> JSON { json { $0.reveal() } }

    /// The whole with `<secret>` in the place of each secret.
    var masked: JSON { json { $0.description } }

    /// All secrets in it.
    public var secrets: [Secret] {
        switch self {
        case .value: []
        case .secret(let secret): [secret]
        case .list(let elements): elements.flatMap(\.secrets)
        case .map(let members): members.values.flatMap(\.secrets)
        }
    }

    /// The members of a map; nil for anything else.
    public var members: [String: NestedSetting]? { if case .map(let members) = self { members } else { nil } }

    /// A text or number alone, or a list of them; nil for anything else.
    public var texts: [String]? {
        switch self {
        case .value(let value): value.scalarText.map { [$0] }
        case .list(let elements):
            elements.reduce([String]?.some([])) { texts, element in
                guard case .value(let value) = element, let text = value.scalarText else { return nil }
                return texts.map { $0 + [text] }
            }
        default: nil
        }
    }

    private func json(_ show: (Secret) -> String) -> JSON {
        switch self {
        case .value(let value): value
        case .secret(let secret): .string(show(secret))
        case .list(let elements): .array(elements.map { $0.json(show) })
        case .map(let members):
            .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json(show)) }))
        }
    }
}
