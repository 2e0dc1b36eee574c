import PlumblineKit

/// A property, behind a single entity that is expanded (`manager/userId`) or inside of a complex one (`Data.Hours`).
struct SAPPath: Sendable {
    let navigation: String?
    let parts: [String]

    /// Nil for what is no name: it stands in addresses and conditions as it is.
    init?(_ text: String) {
        let steps = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(steps.count), let last = steps.last else { return nil }
        parts = last.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        navigation = steps.count == 2 ? steps[0] : nil
        guard (parts + [navigation].compactMap(\.self)).allSatisfy(Self.isName) else { return nil }
    }

    /// The property that is asked for.
    var property: String { parts[0] }

    /// Its value; null where what leads to it is null.
    func value(in row: JSON) throws(JSONShapeError) -> JSON {
        var place = row
        for step in [navigation].compactMap(\.self) + parts {
            guard let next = place[step] else { throw JSONShapeError(reason: "there is no '\(step)' in the answer") }
            if next.isNull { return .null }
            place = next
        }
        return place
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// A member of a record, where it comes from, and as what it is read; nil as it stands there.
struct SAPMember: Sendable {
    let name: String
    let path: SAPPath
    let type: String?
}

/// An entity set as a connection describes it, ready to be asked.
struct SAPEntitySet: Sendable {
    /// Items that come with each entity.
    struct Items: Sendable {
        let navigation: String
        let key: String
        let members: [SAPMember]
    }

    let place: SAPUsualSet
    let version: ODataVersion
    let keys: [String]
    let keyMark: SAPMark
    /// Nil where all is read each time.
    let change: SAPMark?
    let members: [SAPMember]
    let items: Items?
    /// Fields and the values that they must have.
    let conditions: [(field: String, value: String)]

    var name: String { place.set }

    /// Refuses a stream that is not configured, and names that are none.
    init(_ stream: SAPStream, settings: Settings) throws(ConnectorError) {
        let own = stream.set
        guard let place = own.place(settings) else {
            throw .settings(field: own.missing.field, reason: own.missing.reason)
        }
        self.place = place
        version = ODataVersion(rawValue: settings[own.version]) ?? .v2
        keys = settings[own.keys]
        guard let first = keys.first else { throw .settings(field: own.keys.field.key, reason: "say the key's fields") }
        for key in keys { try Self.check(key, of: own.keys.field) }
        keyMark = SAPMark(field: first, kind: SAPMark.Kind(rawValue: settings[own.keyType]) ?? .text)
        change = try Self.change(settings[own.change], of: own.change.field)
        let types = Dictionary(
            stream.description.fields.map { ($0.name, $0.type) }, uniquingKeysWith: { one, _ in one })
        members = try Self.members(settings[own.fields], types, of: own.fields.field)
        items = try stream.items.flatMap { (items) throws(ConnectorError) in try Self.items(items, settings) }
        conditions = settings[own.conditions].sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for condition in conditions { try Self.check(condition.field, of: own.conditions.field) }
        if let taken = members.map(\.name).first(where: { ["id", "items"].contains($0) }) {
            throw .settings(field: own.fields.field.key, reason: "the name '\(taken)' is taken; choose another")
        }
    }

    private static func change(
        _ map: [String: String], of setting: SettingField
    ) throws(ConnectorError) -> SAPMark? {
        guard let field = map["field"], !field.isEmpty else { return nil }
        try check(field, of: setting)
        guard let kind = SAPMark.Kind(rawValue: map["type"] ?? ""), SAPMark(field: field, kind: kind).isTime else {
            throw .settings(field: setting.key, reason: "say under type datetimeoffset, datetime or date")
        }
        return SAPMark(field: field, kind: kind)
    }

    private static func items(_ own: SAPItemSettings, _ settings: Settings) throws(ConnectorError) -> Items? {
        var fields = settings[own.fields]
        guard !fields.isEmpty else { return nil }
        guard let key = fields.removeValue(forKey: "id") else {
            throw .settings(field: own.fields.field.key, reason: "say under id which field is the item's number")
        }
        try check(key, of: own.fields.field)
        try check(settings[own.navigation], of: own.navigation.field)
        let members = try members(fields, own.types, of: own.fields.field)
        if let deep = members.first(where: { $0.path.navigation != nil }) {
            throw .settings(field: own.fields.field.key, reason: "'\(deep.name)' leads beyond the item")
        }
        return Items(navigation: settings[own.navigation], key: key, members: members)
    }

    private static func members(
        _ map: [String: String], _ types: [String: String], of setting: SettingField
    ) throws(ConnectorError) -> [SAPMember] {
        var members: [SAPMember] = []
        for (name, text) in map.sorted(by: { $0.key < $1.key }) where !text.isEmpty {
            guard let path = SAPPath(text) else { throw noName(text, setting) }
            members.append(SAPMember(name: name, path: path, type: types[name].map { String($0.prefix { $0 != "?" }) }))
        }
        return members
    }

    private static func check(_ name: String, of setting: SettingField) throws(ConnectorError) {
        guard SAPPath.isName(name) else { throw noName(name, setting) }
    }

    private static func noName(_ text: String, _ setting: SettingField) -> ConnectorError {
        .settings(field: setting.key, reason: "expected the name of a property such as PurchaseOrder, got '\(text)'")
    }
}
