import PlumblineKit

/// What a connection says of one entity set, with what holds where it says nothing.
struct SAPSetSettings: Sendable {
    let service: Setting<String?>
    let set: Setting<String?>
    let usual: SAPUsualSet?
    let version: Setting<String>
    let keys: Setting<[String]>
    let keyType: Setting<String>
    let fields: Setting<[String: String]>
    let change: Setting<[String: String]>
    let conditions: Setting<[String: String]>

    init(
        _ name: String, _ kind: LocalizedText, usual: SAPUsualSet? = nil, keys: [String], fields: [String: String],
        change: [String: String]
    ) {
        func help(_ zh: String, _ en: String) -> LocalizedText {
            LocalizedText(zh: "\(kind.zh)：\(zh)", en: "\(kind.en): \(en)")
        }
        self.usual = usual
        service = Self.part(
            "\(name)_service", LocalizedText(zh: "服务路径", en: "path of the service"), kind, usual?.service)
        set = Self.part("\(name)_set", LocalizedText(zh: "实体集", en: "entity set"), kind, usual?.set)
        version = .choice(
            "\(name)_protocol", of: ODataVersion.allCases.map(\.rawValue), default: ODataVersion.v2.rawValue,
            help("服务的 OData 版本", "version of OData that the service speaks"))
        self.keys = .list(
            "\(name)_keys", default: keys, help("主键字段，按排序先后", "fields of the key, in the order of sorting"))
        keyType = .choice(
            "\(name)_key_type", of: ["text", "number", "guid"], default: "text",
            help("第一个主键字段的类型", "type of the first field of the key"))
        self.fields = .map(
            "\(name)_fields", default: fields,
            help(
                "记录成员对应的属性；Nav/属性 为展开的单个实体，复杂.属性 为复杂类型的成员",
                "members of the record by properties; Nav/Property expands a single entity, Complex.Property is a part")
        )
        self.change = .map(
            "\(name)_change", default: change,
            help(
                "变更标记：field 为字段，type 为 datetimeoffset、datetime 或 date；{} 表示每次全部读取",
                "mark of changes: its field, and its type datetimeoffset, datetime or date; {} reads all each time"))
        conditions = .map(
            "\(name)_where", default: [:],
            help(
                "只读取这些字段等于所给值的数据，如 {CompanyCode: \"1010\"}",
                "only where fields equal values, such as {CompanyCode: \"1010\"}"))
    }

    /// A part of the set's address.
    private static func part(
        _ key: String, _ what: LocalizedText, _ kind: LocalizedText, _ usual: String?
    ) -> Setting<String?> {
        let zh = usual.map { "默认 \($0)" } ?? "不写则不读取"
        let en = usual.map { "\($0) unless said" } ?? "not read unless said"
        return .text(key, LocalizedText(zh: "\(kind.zh)：\(what.zh)；\(zh)", en: "\(kind.en): \(what.en); \(en)"))
    }

    var all: [SettingField] {
        [
            service.field, set.field, version.field, keys.field, keyType.field, fields.field, change.field,
            conditions.field,
        ]
    }

    /// Service and set as the connection names them, or as is usual; nil where the stream is not configured.
    func place(_ settings: Settings) -> SAPUsualSet? {
        guard let service = settings[service] ?? usual?.service, let set = settings[set] ?? usual?.set else {
            return nil
        }
        return SAPUsualSet(service: service, set: set)
    }

    /// What to say of a stream that is not configured.
    var missing: (field: String, reason: String) {
        (set.field.key, "not configured: say \(service.field.key) and \(set.field.key); there is no usual set")
    }
}

/// A service and one of its entity sets.
struct SAPUsualSet: Sendable {
    let service: String
    let set: String

    /// The segments of the address.
    var path: [String] { service.split(separator: "/").map(String.init) + [set] }
}

/// What a connection says of the items of a set, which come with it.
struct SAPItemSettings: Sendable {
    let navigation: Setting<String>
    let fields: Setting<[String: String]>
    /// Declared types of members.
    let types: [String: String]

    init(_ name: String, navigation: String, fields: [String: String], types: [String: String]) {
        self.types = types
        self.navigation = .text(
            "\(name)_items", default: navigation,
            LocalizedText(zh: "采购订单：到明细的导航属性", en: "Purchase orders: navigation to the items"))
        self.fields = .map(
            "\(name)_item_fields", default: fields,
            LocalizedText(
                zh: "采购订单：明细成员对应的属性，须含 id；{} 表示不读明细",
                en: "Purchase orders: members of items by properties, id among them; {} reads no items"))
    }

    var all: [SettingField] { [navigation.field, fields.field] }
}
