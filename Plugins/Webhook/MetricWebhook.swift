public import PlumblineKit

/// Numbers that any system sends in the documented form of a metric, alone or up to 1,000 in a request.
///
/// - Form: `/schemas/metric.json` of `plumbline serve`; see ``MetricItem``.
/// - A request with a mistake is refused as a whole, with item and field, unless its address says `partial=true`: then the
///   good items are taken.
/// - Not pulled: `plumbline pull` has nothing to read of it.
public struct MetricWebhookConnector: CallbackReading {
    /// How many items a request may have.
    public static let mostItems = 1_000

    /// Metrics in our own form.
    public static let description = ConnectorDescription(
        id: "webhook.metric", family: .webhook,
        name: LocalizedText(zh: "按本产品格式推送的数据点", en: "Metrics in Plumbline's own form"),
        apiVersion: "metric 1", documentation: "/schemas/metric.json", settings: [],
        streams: [
            StreamDescription(
                name: "metrics", help: LocalizedText(zh: "数据点", en: "The metrics"), recordType: "metric",
                deletions: [.neverKnown], isIncremental: true, fields: MetricItem.fields)
        ])

    /// A connector; it needs neither settings nor context.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {}

    /// There is nobody to ask.
    public func check() async throws(ConnectorError) -> CheckReport { .pushedOnly }

    /// Nothing: metrics come by themselves.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page { .pushedOnly }

    /// `partial` in the address.
    public var callbackParts: CallbackParts { CallbackParts(parameters: ["partial"]) }

    /// Each item as a record, known by its id.
    public func page(of stream: String, in callback: ReceivedCallback) throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        for (number, item) in try items(of: callback).enumerated() {
            let complaints = MetricItem.complaints(about: item, number: number + 1, allowing: nil)
            if let first = complaints.first {
                let id = item["id"]?.string
                page.rejected.append(
                    RejectedRecord(
                        id: id ?? "item \(number + 1)", texts: first.text, raw: item.bytes,
                        line: id == nil ? number + 1 : nil))
            } else {
                page.records.append(SourceRecord(id: MetricItem.id(of: item), version: nil, json: item))
            }
        }
        return page
    }

    /// Every mistake of every item; where good items are to be taken, only that there is none.
    public func complaints(
        about callback: ReceivedCallback, allowing permissions: CallbackPermissions
    ) -> [CallbackComplaint] {
        let items: [JSON]
        do throws(ConnectorError) {
            items = try self.items(of: callback)
        } catch {
            return [CallbackComplaint(reason: Self.reason(of: error))]
        }
        let complaints = items.enumerated().flatMap { number, item in
            MetricItem.complaints(about: item, number: number + 1, allowing: permissions)
        }
        guard callback.parameters["partial"] == "true" else { return complaints + Self.twins(items) }
        return Set(complaints.map(\.item)).count < items.count ? [] : complaints
    }

    /// Two items of a request that have one id would have only the later one counted.
    private static func twins(_ items: [JSON]) -> [CallbackComplaint] {
        var first: [String: Int] = [:]
        var complaints: [CallbackComplaint] = []
        for (number, item) in items.enumerated() {
            guard let id = item["id"]?.string else { continue }
            if let other = first[id] {
                complaints.append(.twin(item: number + 1, of: other))
            } else {
                first[id] = number + 1
            }
        }
        return complaints
    }

    private func items(of callback: ReceivedCallback) throws(ConnectorError) -> [JSON] {
        let body: JSON
        do throws(JSONSyntaxError) {
            body = try JSON.parse(callback.body)
        } catch {
            throw .unexpected(reason: "the body is no JSON: \(error.message)")
        }
        guard let items = body.array ?? (body.object.map { _ in [body] }) else {
            throw .unexpected(reason: "the body must be an item or a list of items, not \(body.kind)")
        }
        guard (1...Self.mostItems).contains(items.count) else {
            throw .unexpected(reason: "a request holds 1 to \(Self.mostItems) items, not \(items.count)")
        }
        return items
    }

    private static func reason(of error: ConnectorError) -> LocalizedText {
        guard case .unexpected(let reason) = error else { return LocalizedText(untranslated: "\(error)") }
        return LocalizedText(untranslated: reason)
    }
}
