extension ConnectorDescription {
    /// The description as `plumbline connectors describe --format json` shows it.
    public var json: JSON {
        [
            "id": .string(id),
            "family": .string(family.rawValue),
            "name": name.json,
            "api_version": .string(apiVersion),
            "documentation": .string(documentation),
            "settings": .array(settings.map(\.json)),
            "streams": .array((streams + [discovered].compactMap(\.self)).map(\.json)),
        ]
    }
}

extension SettingField {
    var json: JSON {
        var object: JSONObject = [
            "key": .string(key), "kind": .string(kind.name), "required": .bool(isRequired), "help": help.json,
        ]
        switch kind {
        case .integer(let range): object["range"] = [.int(range.lowerBound), .int(range.upperBound)]
        case .duration(let range):
            object["range"] = [.string(range.lowerBound.settingText), .string(range.upperBound.settingText)]
        case .choice(let names): object["choices"] = .array(names.map(JSON.string))
        default: break
        }
        object["default"] = defaultValue?.json
        object["unit"] = unit.map(JSON.string)
        return .object(object)
    }
}

extension SettingInput {
    /// Never shows a secret.
    var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .list(let texts): .array(texts.map(JSON.string))
        case .map(let map): .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        case .secret(let secret): .string(secret.description)
        case .nested(let value): value.masked
        }
    }
}

extension StreamDescription {
    var json: JSON {
        [
            "name": .string(name),
            "help": help.json,
            "record_type": .text(recordType),
            "deletions": .array(deletions.map { .string($0.rawValue) }),
            "incremental": .bool(isIncremental),
            "fields": .array(
                fields.map { ["name": .string($0.name), "type": .string($0.type), "help": $0.help.json] }),
        ]
    }
}

extension LocalizedText {
    /// `{"zh": …, "en": …}`.
    public var json: JSON { ["zh": .string(zh), "en": .string(en)] }
}
