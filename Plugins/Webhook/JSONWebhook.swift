public import PlumblineKit

/// Events that any system sends as JSON, one or several in a request.
///
/// - Reads: the body, and the headers that no mapping sees. A member that is named in `kind_header` stands on each event
///   as `webhook_kind`, for systems that tell the kind of an event in a header, such as `X-GitHub-Event`.
/// - Leaves out: nothing; a stream's `where` chooses among events.
/// - Not pulled: `plumbline pull` has nothing to read of it.
public struct JSONWebhookConnector: CallbackReading {
    private static let events = Setting<String?>.text(
        "events",
        LocalizedText(
            zh: "请求体里事件列表的位置，例如 data.items；不填则整个请求体是一个事件（或事件列表）",
            en:
                "Where the list of events stands in the body, such as data.items; without it the body is one event, or a list"
        ))
    private static let id = Setting<String>.text(
        "id", default: "id",
        LocalizedText(
            zh: "事件所说的记录的编号在哪里，例如 ticket.id：同一编号的后一个事件取代前一个",
            en:
                "Where an event names the record that it tells of, such as ticket.id: a later one takes the place of an earlier"
        ))
    private static let version = Setting<String?>.text(
        "version",
        LocalizedText(
            zh: "记录的版本或更新时间在哪里；不填则以收到的先后为准",
            en: "Where the version or time of update of the record stands; without it the order of arrival counts"))
    private static let kindHeader = Setting<String?>.text(
        "kind_header",
        LocalizedText(
            zh: "放事件类型的请求头，映射里写作 source.webhook_kind",
            en: "The header with the kind of the event, in mappings source.webhook_kind"))
    private static let deletedWhen = Setting<[String: String]>.map(
        "deleted_when", default: [:],
        LocalizedText(
            zh: "表示记录已被删除的字段和取值，例如 {type: ticket.deleted}",
            en: "The fields and values that say that the record is deleted, such as {type: ticket.deleted}"))

    /// Any system's JSON.
    public static let description = ConnectorDescription(
        id: "webhook.json", family: .webhook,
        name: LocalizedText(zh: "任意系统推送的 JSON 事件", en: "JSON events that any system sends"),
        apiVersion: "JSON (RFC 8259)", documentation: "RFC 8259",
        settings: [events.field, id.field, version.field, kindHeader.field, deletedWhen.field],
        streams: [
            StreamDescription(
                name: "events", help: LocalizedText(zh: "事件", en: "The events"), deletions: [.reported, .neverKnown],
                isIncremental: true)
        ])

    private let settings: Settings

    /// A connector with these settings; it needs nothing of the context.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
    }

    /// There is nobody to ask.
    public func check() async throws(ConnectorError) -> CheckReport { .pushedOnly }

    /// Nothing: events come by themselves.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page { .pushedOnly }

    /// The header with the kind of the event, where the settings name one.
    public var callbackParts: CallbackParts { CallbackParts(headers: [settings[Self.kindHeader]].compactMap(\.self)) }

    /// Where the settings name no version, the order of arrival counts.
    public var ordersByArrival: Bool { settings[Self.version] == nil }

    /// The place of the version in an event.
    public var versionKind: String { settings[Self.version] ?? "" }

    /// Each event as a record.
    public func page(of stream: String, in callback: ReceivedCallback) throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        for (number, event) in try events(of: callback).enumerated() {
            read(event, number: number + 1, callback, into: &page)
        }
        return page
    }

    private func events(of callback: ReceivedCallback) throws(ConnectorError) -> [JSON] {
        let body: JSON
        do throws(JSONSyntaxError) {
            body = try JSON.parse(callback.body)
        } catch {
            throw .unexpected(reason: "the body is no JSON: \(error.message)")
        }
        guard let path = settings[Self.events] else { return body.array ?? [body] }
        guard let found = body.member(at: path) else {
            throw .unexpected(reason: "the body has no member '\(path)', where the connection looks for events")
        }
        return found.array ?? [found]
    }

    private func read(_ event: JSON, number: Int, _ callback: ReceivedCallback, into page: inout Page) {
        let path = settings[Self.id]
        guard case .object(var object) = event, let id = event.member(at: path)?.scalarText, !id.isEmpty else {
            let reason = LocalizedText(
                zh: "第 \(number) 个事件没有“\(path)”，不知道它说的是哪条记录",
                en: "event \(number) has no '\(path)': nothing says which record it tells of")
            page.rejected.append(RejectedRecord(id: "part \(number)", texts: reason, raw: event.bytes, line: number))
            return
        }
        if let header = settings[Self.kindHeader] { object["webhook_kind"] = .text(callback.headers[header]) }
        let source = JSON.object(object)
        let version = settings[Self.version].flatMap { event.member(at: $0)?.scalarText }.map { SourceVersion($0) }
        if isDeletion(source) { return page.deleted.append(DeletedRecord(id: id, version: version)) }
        page.records.append(SourceRecord(id: id, version: version, json: source))
    }

    private func isDeletion(_ event: JSON) -> Bool {
        let marks = settings[Self.deletedWhen]
        return !marks.isEmpty && marks.allSatisfy { event.member(at: $0.key)?.scalarText == $0.value }
    }
}

extension JSON {
    /// The member at a path such as `data.ticket.id`; nil where a part of it is absent or null.
    func member(at path: String) -> JSON? {
        var value: JSON? = self
        for key in path.split(separator: ".") { value = value?[String(key)] }
        return value?.isNull == true ? nil : value
    }
}

extension Page {
    /// What a connector has that is never asked.
    static let pushedOnly = Page(cursor: nil, hasMore: false)
}

extension CheckReport {
    /// What can be said of a system that is never asked.
    static let pushedOnly = CheckReport(
        source: nil, remarks: ["the system sends to /hooks/<connection> of 'plumbline serve'; there is nothing to ask"])
}
