public import PlumblineKit

/// Numbers that any system sends in the documented form of a metric, alone or up to 1,000 in a request.
///
/// - Form: `/schemas/metric.json` of `plumbline serve`; see ``MetricItem``.
/// - A request with a mistake is refused as a whole, with item and field, unless its address says `partial=true`: then the
///   good items are taken, and the answer lists the others (`/schemas/metric-answer.json`).
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
        for (number, judged) in Self.judged(try items(of: callback), allowing: nil).enumerated() {
            if let first = judged.complaints.first {
                page.rejected.append(Self.rejected(judged, number: number + 1, for: first))
            } else {
                page.records.append(
                    SourceRecord(id: MetricItem.id(of: judged.item), version: nil, json: judged.item))
            }
        }
        return page
    }

    /// An item that shares its id with a good one is known by its number, so that each has a reason of its own.
    private static func rejected(_ judged: JudgedItem, number: Int, for reason: CallbackComplaint) -> RejectedRecord {
        let id = judged.isTwin ? nil : judged.item["id"]?.string
        return RejectedRecord(
            id: id ?? "item \(number)", texts: reason.text, raw: judged.item.bytes, line: id == nil ? number : nil)
    }

    /// Every mistake of every item. Where the address says `partial=true`, the good ones are taken.
    public func review(of callback: ReceivedCallback, allowing permissions: CallbackPermissions) -> CallbackReview {
        let items: [JSON]
        do throws(ConnectorError) {
            items = try self.items(of: callback)
        } catch {
            return CallbackReview(complaints: [CallbackComplaint(reason: Self.reason(of: error))])
        }
        let judged = Self.judged(items, allowing: permissions)
        return CallbackReview(
            complaints: judged.flatMap(\.complaints),
            takenItems: callback.parameters["partial"] == "true" ? judged.count(where: \.complaints.isEmpty) : nil)
    }

    private struct JudgedItem {
        let item: JSON
        var complaints: [CallbackComplaint]
        var isTwin = false
    }

    /// The items with what is wrong with each. Of two good ones that have one id, the later is refused: it would silently take
    /// the place of the earlier.
    private static func judged(_ items: [JSON], allowing permissions: CallbackPermissions?) -> [JudgedItem] {
        var first: [String: Int] = [:]
        return items.enumerated().map { place, item in
            let number = place + 1
            let mistakes = MetricItem.mistakes(of: item, number: number)
            guard mistakes.isEmpty else { return JudgedItem(item: item, complaints: mistakes) }
            if let other = first[MetricItem.id(of: item)] {
                return JudgedItem(item: item, complaints: [.twin(item: number, of: other)], isTwin: true)
            }
            first[MetricItem.id(of: item)] = number
            return JudgedItem(item: item, complaints: permissions.map { MetricItem.forbidden(item, number, $0) } ?? [])
        }
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
