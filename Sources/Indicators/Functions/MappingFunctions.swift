public import Expressions

/// The functions that only mappings have: accounts and times as sources write them.
public struct MappingFunctions: Sendable {
    private let zone: Zone

    /// The functions of a connection whose times are those of `zone` where they name none.
    public init(zone: Zone) { self.zone = zone }

    /// - `account(x)`: a person as the source knows them; `account(x, {'email': ..., 'phone': ..., 'name': ...})` tells
    ///   what else the source knows, so that identity can match them. Empty text is nobody.
    /// - `parseTime(text, format)`, `parseTime(text, format, zone)`: reads `yyyy-MM-dd HH:mm:ss` and the like.
    public var all: [HostFunction] { [account, parseTime] }

    private var account: HostFunction {
        HostFunction(
            name: "account",
            overloads: [
                .init(parameters: [.dyn], result: .dyn) { operands throws(EvaluationError) in
                    try accountText(operands[0])
                },
                .init(parameters: [.dyn, .map(.string, .dyn)], result: .dyn) { operands throws(EvaluationError) in
                    let text = try accountText(operands[0])
                    guard case .map(let hints) = operands[1], !text.isNull else { return text }
                    let entries = hints.keys.map { ($0, hints[$0] ?? .null) }
                    return .map(MapValue([(.string(AccountMention.accountKey), text)] + entries))
                },
            ])
    }

    private var parseTime: HostFunction {
        HostFunction(
            name: "parseTime",
            overloads: [
                .init(parameters: [.string, .string], result: .timestamp) { [zone] operands throws(EvaluationError) in
                    .timestamp(try instant(operands[0], format: operands[1], zone: zone))
                },
                .init(parameters: [.string, .string, .string], result: .timestamp) { operands throws(EvaluationError) in
                    guard let zone = Zone(identifier: operands[2].keyText) else {
                        throw .invalidArgument(
                            zh: "没有时区“\(value: operands[2].keyText)”",
                            en: Zone.complaint(about: "\(value: operands[2].keyText)"))
                    }
                    return .timestamp(try instant(operands[0], format: operands[1], zone: zone))
                },
            ])
    }
}

private func accountText(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .null: return .null
    case .string(let text): return text.isEmpty ? .null : .string(text)
    case .int(let number): return .string(String(number))
    default:
        throw .invalidArgument(
            zh: "account(x) 需要文本或数字，而不是 \(value.kind)", en: "account(x) wants a text or a number, not \(value.kind)")
    }
}

private func instant(_ text: Value, format: Value, zone: Zone) throws(EvaluationError) -> Timestamp {
    guard let pattern = TimeFormat(format.keyText) else {
        throw .invalidArgument(
            zh: "“\(value: format.keyText)”不是时间格式，应由 yyyy 与 MM、dd、HH、mm、ss、SSS 组成，每个至多一次",
            en: "'\(value: format.keyText)' is no pattern of times; expected yyyy and such of MM, dd, HH, mm, ss, SSS, "
                + "each once")
    }
    guard let instant = pattern.instant(text.keyText, zone: zone) else {
        throw .invalidArgument(
            zh: "“\(value: text.keyText)”不是 \(value: format.keyText) 形式的时间",
            en: "'\(value: text.keyText)' is no time of the form \(value: format.keyText)")
    }
    return instant
}
