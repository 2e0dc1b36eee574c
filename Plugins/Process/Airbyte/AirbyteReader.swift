import PlumblineKit

/// Reads the messages of an Airbyte source about one stream.
///
/// - A state says that all before it is delivered. Where it counts the records since the one before (`sourceStats`) and fewer
///   came, records were lost on the way: the run fails and the cursor stays. With full refresh no state is kept: every run
///   reads everything.
/// - Whether the stream was read to its end is what its `STREAM_STATUS` says; the exit code counts where there is none.
/// - A `CONTROL` message with another configuration (a rotated token) fails the run: the host does not write secrets, and
///   going on would use up a token that nobody keeps.
/// - A record whose `_ab_cdc_deleted_at` is set is a deletion, as sources of change streams tell them.
/// - Records of the stream's name from a namespace that the source did not announce stop the run: leaving them out would
///   read nothing, unseen.
/// - Fields that the catalog's schema names and a record lacks are null: the CDK leaves nulls out.
/// - Source: the Airbyte protocol; airbyte-cdk 7.39.
struct AirbyteReader: MessageReader {
    let stream: String
    private(set) var state: JSON?
    private let entry: AirbyteStream
    private let isIncremental: Bool
    let keys: RecordKeys?
    private let config: JSON
    private let redaction: Redaction
    private let log: @Sendable (String) -> Void
    private var status: String?
    private var error: AirbyteError?
    private var told = 0
    /// What came since the last state, as records or as lines that may have been.
    private var received = 0

    init(
        _ entry: AirbyteStream, keys: RecordKeys?, isIncremental: Bool, state: JSON? = nil, config: JSON = [:],
        redaction: Redaction = Redaction(), log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        stream = entry.title
        self.entry = entry
        self.keys = keys ?? entry.keys
        self.isIncremental = isIncremental
        self.state = isIncremental ? state : nil
        self.config = config
        self.redaction = redaction
        self.log = log
    }

    mutating func missed() { received += 1 }

    mutating func read(
        _ message: JSON, type: String, line: Int, into draft: inout PageDraft
    ) throws(ConnectorError) {
        switch type {
        case "RECORD": try readRecord(message["record"], line: line, into: &draft)
        case "STATE": try readState(message["state"], into: &draft)
        case "TRACE": readTrace(message["trace"])
        case "LOG": readLog(message["log"])
        case "CONTROL": try readControl(message["control"])
        default: draft.remark(stream, "the source sent messages of an unknown type")
        }
    }

    mutating func finish(_ end: ProgramEnd, into draft: inout PageDraft) throws(ConnectorError) {
        switch status {
        case "COMPLETE": return
        case "INCOMPLETE": throw error?.failure ?? .unexpected(reason: "'\(stream)' was not read to its end; \(end)")
        case nil where end.isSuccess && error == nil: return
        default:
            throw error?.failure ?? .unavailable(reason: "'\(stream)' was not read to its end: \(end)", retryAfter: nil)
        }
    }
}

// MARK: - Records and states

extension AirbyteReader {
    private mutating func readRecord(
        _ record: JSON?, line: Int, into draft: inout PageDraft
    ) throws(ConnectorError) {
        guard let record, entry.isMeant(by: record, name: "stream") else {
            if let record, entry.isStray(record) { throw stray(record) }
            return draft.remark(stream, "the source sent records of streams that were not asked for")
        }
        received += 1
        guard let keys else { throw .noKeys(stream) }
        guard let data = record["data"]?.object else {
            return draft.reject(Self.noData, record.bytes, line: line)
        }
        let json = JSON.object(entry.completed(data))
        switch keys.identifier(of: json) {
        case .success(let id) where data["_ab_cdc_deleted_at"]?.isNull == false: draft.delete(id)
        case .success(let id):
            entry.schema.compare(data, id: id, into: &draft)
            draft.add(SourceRecord(id: id, version: nil, json: json))
        case .failure(let missing):
            draft.reject(missing.texts, json.bytes, known: JSON.object(data).bytes, line: line)
        }
    }

    private func stray(_ record: JSON) -> ConnectorError {
        let namespace = record["namespace"]?.string ?? ""
        return .unexpected(
            reason: "the source says that '\(stream)' is a stream, and sends its records as those of the namespace "
                + "'\(namespace.prefix(100))'")
    }

    private mutating func readState(_ state: JSON?, into draft: inout PageDraft) throws(ConnectorError) {
        guard let state, state.object != nil else {
            return draft.remark(stream, "the source sent a state that is no object; it is left out")
        }
        guard let kept = AirbyteState(state, of: entry) else {
            return draft.remark(stream, "the source sent states of streams that were not asked for")
        }
        if let count = kept.recordCount {
            if count > received {
                throw .unexpected(
                    reason: "a state of '\(stream)' speaks of \(count) records, \(received) came: records were lost")
            }
            if count < received {
                draft.remark(stream, "a state counts fewer records than came")
            }
        }
        received = 0
        guard isIncremental, let file = kept.file else { return }
        if file.isDeeperThanStates { return draft.remark(stream, "the source sent a state that is nested too deeply") }
        self.state = file
    }

    private static var noData: LocalizedText {
        LocalizedText(zh: "RECORD 消息里没有 data 对象", en: "the RECORD has no object 'data'")
    }
}

// MARK: - What it says beside them

extension AirbyteReader {
    private mutating func readTrace(_ trace: JSON?) {
        switch trace?["type"]?.string {
        case "STREAM_STATUS":
            guard let told = trace?["stream_status"], let whose = told["stream_descriptor"],
                entry.isMeant(by: whose, name: "name")
            else { return }
            status = told["status"]?.string ?? status
        case "ERROR":
            guard let told = trace?["error"] else { return }
            if let whose = told["stream_descriptor"], whose.object != nil, !entry.isMeant(by: whose, name: "name") {
                return
            }
            // The first says what is wrong with the stream, the last sums up.
            if error == nil { error = AirbyteError(told, redaction) }
        default: break
        }
    }

    private mutating func readLog(_ message: JSON?) {
        guard let level = message?["level"]?.string, ["FATAL", "ERROR", "WARN"].contains(level), told < 20 else {
            return
        }
        told += 1
        log("\(level): \(redaction.conceal(message?["message"]?.string ?? "").prefix(500))")
    }

    private func readControl(_ control: JSON?) throws(ConnectorError) {
        try ConnectorError.checkControl(control, config)
    }
}

extension ConnectorError {
    /// Throws where a source wants another configuration kept than the one that it was given.
    static func checkControl(_ control: JSON?, _ config: JSON) throws(ConnectorError) {
        guard control?["type"]?.string == "CONNECTOR_CONFIG", let told = control?["connectorConfig"]?["config"],
            told != config
        else { return }
        let names = Set([told, config].flatMap { $0.object?.members.map(\.key) ?? [] })
        let changed = names.filter { told[$0] != config[$0] }.sorted().prefix(20).joined(separator: ", ")
        throw .settings(
            field: "config",
            reason:
                "the source wants its configuration replaced (\(changed.prefix(500))), as with tokens that change when they "
                + "are used or forms that are out of date; this is not kept: use a credential that stays, renew the secret by "
                + "hand, or write the configuration in the new form")
    }
}

/// Why a source failed, as it says itself.
struct AirbyteError: Sendable {
    private let message: String
    private let kind: String?

    init(_ error: JSON, _ redaction: Redaction) {
        let text = error["message"]?.string ?? error["internal_message"]?.string ?? "without a reason"
        message = String(redaction.conceal(text).prefix(1000))
        kind = error["failure_type"]?.string
    }

    var failure: ConnectorError {
        switch kind {
        case "config_error": .settings(field: "config", reason: "the source says: \(message)")
        case "transient_error": .unavailable(reason: message, retryAfter: nil)
        default: .unexpected(reason: "the source failed: \(message)")
        }
    }
}
