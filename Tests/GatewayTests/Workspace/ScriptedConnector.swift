import PlumblineKit

/// A source that follows a script: a JSON file in the workspace's data folder.
///
/// ```json
/// {"deeds": [{"records": [{"id": "1", "version": "7"}], "deleted": ["2"]}], "ids": ["1"], "count": 1}
/// ```
///
/// A stream is a list of pages; a pull reads those that no pull has read before. A page may say `"fail": "reason"`, and
/// `"again": true` for a source that turns in a circle. With `"barrier": "name"` it waits until that ``Barrier`` is open.
/// With `"whole": true` every pull reads the first page, as from a source that knows no changes. `ids` is what a sweep
/// finds: all records of the script where it is not given.
struct ScriptedConnector: IdentifierListing, RecordCounting {
    static let script = Setting<String>.file("script", LocalizedText(zh: "脚本", en: "The script"))
    static let token = Setting<Secret?>.secret("token", LocalizedText(zh: "口令", en: "A secret that nobody asks for"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...100, default: 50, LocalizedText(zh: "页长", en: "Records in a page"))
    static let agents = Setting<[String]>.list("agents", default: [], LocalizedText(zh: "客服", en: "Some texts"))

    static let description = ConnectorDescription(
        id: "file.scripted", family: .file, name: LocalizedText(zh: "脚本", en: "Script"), apiVersion: "1",
        documentation: "this file", settings: [script.field, token.field, pageSize.field, agents.field],
        streams: ["deeds", "accounts"].map { name in
            StreamDescription(
                name: name, help: LocalizedText(zh: name, en: name), deletions: [.reported, .fullList, .neverKnown],
                isIncremental: true)
        })

    private let settings: Settings
    private let files: any FileSource

    init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        files = context.files
    }

    func check() async throws(ConnectorError) -> CheckReport {
        CheckReport(source: "script", remarks: ["\(try await pages(of: "deeds").count) pages"])
    }

    func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let pages = try await pages(of: stream)
        if try await read()["whole"] == true, let page = pages.first {
            return Page(records: Self.records(page), cursor: nil, hasMore: false)
        }
        let number = cursor.flatMap { Int($0.text) } ?? 0
        guard number < pages.count else { return Page(cursor: Cursor(text: "\(number)"), hasMore: false) }
        let page = pages[number]
        if let name = page["barrier"]?.string { try await Barrier.named(name).pass() }
        if let reason = page["fail"]?.string { throw .unavailable(reason: reason, retryAfter: nil) }
        return Page(
            records: Self.records(page),
            rejected: list(page, "rejected").map {
                RejectedRecord(id: text($0, "id"), reason: text($0, "reason"), raw: Array(text($0, "raw").utf8))
            },
            deleted: list(page, "deleted").compactMap(\.string).map { DeletedRecord(id: $0) },
            cursor: page["again"] == true ? cursor : Cursor(text: "\(number + 1)"),
            hasMore: page["again"] == true || number + 1 < pages.count,
            anomalies: list(page, "anomalies").map { Anomaly(id: text($0, "id"), reason: text($0, "reason")) })
    }

    func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let listed = try await read()["ids"]?.array?.compactMap(\.string)
        let all = try await pages(of: stream).flatMap { Self.records($0).map(\.id) }
        return IdentifierPage(identifiers: listed ?? all, cursor: nil, hasMore: false)
    }

    func count(of stream: String) async throws(ConnectorError) -> Int? { try await read()["count"]?.int }

    private static func records(_ page: JSON) -> [SourceRecord] {
        (page["records"]?.array ?? []).map { record in
            SourceRecord(
                id: record["id"]?.scalarText ?? "", version: record["version"]?.scalarText.map { SourceVersion($0) },
                json: record)
        }
    }

    private func pages(of stream: String) async throws(ConnectorError) -> [JSON] {
        try await read()[stream]?.array ?? []
    }

    private func read() async throws(ConnectorError) -> JSON {
        let bytes = try await files.bytes(of: settings[Self.script], at: 0, upTo: 1 << 24)
        guard let json = try? JSON.parse(bytes) else { throw .unexpected(reason: "the script is no JSON") }
        return json
    }

    private func list(_ json: JSON, _ key: String) -> [JSON] { json[key]?.array ?? [] }
    private func text(_ json: JSON, _ key: String) -> String { json[key]?.string ?? "" }
}
