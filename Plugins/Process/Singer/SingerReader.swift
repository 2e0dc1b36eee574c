import PlumblineKit

/// Reads the messages of a Singer tap about one stream.
///
/// - A state counts once it stands behind its records, and only where it holds no `progress_markers`: with them the tap says
///   that it cannot go on from there. What a state means is the tap's own; one that goes back has records read again, one that
///   runs ahead of its records cannot be told from a right one.
/// - Records of other streams are left out: taps send those of parents, and some do not look at the catalog.
/// - A record whose `_sdc_deleted_at` is set is a deletion, as LOG_BASED taps tell them.
/// - A key other than the one that the cursor was reached with stops the run: its records would count twice.
/// - `ACTIVATE_VERSION` changes nothing: records are known by their keys, and a sweep finds those that vanished.
/// - Source: the Singer specification.
struct SingerReader: MessageReader {
    let stream: String
    private(set) var state: JSON?
    /// What the stream is called in messages.
    private let names: Set<String>
    /// The key that the connection names.
    private let ownKeys: RecordKeys?
    /// The key that the catalog names, for taps that leave it out in their messages.
    private let catalogKeys: RecordKeys?
    private(set) var keys: RecordKeys?
    private var schema: SchemaShape?
    private let place: ProgramCursor
    /// Whether the last state was one that cannot be gone on from.
    private var isStuck = false

    init(
        stream: String, names: Set<String> = [], keys: RecordKeys? = nil, catalogKeys: RecordKeys? = nil,
        place: ProgramCursor = ProgramCursor()
    ) {
        self.stream = stream
        self.names = names.union([stream])
        ownKeys = keys
        self.catalogKeys = catalogKeys
        self.place = place
        state = place.state
    }

    mutating func missed() {}

    mutating func read(
        _ message: JSON, type: String, line: Int, into draft: inout PageDraft
    ) throws(ConnectorError) {
        switch type {
        case "RECORD": try readRecord(message, line: line, into: &draft)
        case "SCHEMA": try readSchema(message, into: &draft)
        case "STATE": readState(message["value"], into: &draft)
        case "ACTIVATE_VERSION": break
        case "BATCH":
            throw .settings(
                field: "config",
                reason: "the tap writes records to files of its own (BATCH); take 'batch_config' out")
        default: draft.remark(stream, "the tap sent messages of an unknown type")
        }
    }

    mutating func finish(_ end: ProgramEnd, into draft: inout PageDraft) throws(ConnectorError) {
        switch end.cause {
        case .exited(0):
            guard isStuck else { return }
            draft.remark(
                stream, "the tap's last state cannot be gone on from (progress_markers): the next run reads this again")
        case .exited(2):
            throw .settings(field: "command", reason: "the tap refuses its command line: \(end)")
        default: throw .unavailable(reason: "\(end)", retryAfter: nil)
        }
    }

    private func isOurs(_ message: JSON) -> Bool { message["stream"]?.string.map(names.contains) ?? false }

    private mutating func readSchema(_ message: JSON, into draft: inout PageDraft) throws(ConnectorError) {
        guard isOurs(message) else { return }
        let shape = SchemaShape(message["schema"])
        if let change = schema?.difference(to: shape) {
            draft.remark(stream, "the schema changed during the run: \(change)")
        }
        let told = ownKeys ?? RecordKeys(message["key_properties"]) ?? catalogKeys
        try place.checkKeys(told, of: stream)
        if let keys, told != keys {
            throw .unexpected(reason: "the key of '\(stream)' changed from \(keys.text) to \(told?.text ?? "none")")
        }
        (schema, keys) = (shape, told)
    }

    private mutating func readRecord(
        _ message: JSON, line: Int, into draft: inout PageDraft
    ) throws(ConnectorError) {
        guard isOurs(message) else {
            return draft.remark(stream, "the tap sent records of streams that were not asked for")
        }
        guard let schema else { throw .unexpected(reason: "a record of '\(stream)' came before its SCHEMA") }
        guard let keys else { throw .noKeys(stream) }
        guard let json = message["record"], let record = json.object else {
            return draft.reject(Self.noRecord, message.bytes, line: line)
        }
        switch keys.identifier(of: json) {
        case .success(let id) where record["_sdc_deleted_at"]?.isNull == false: draft.delete(id)
        case .success(let id):
            schema.compare(record, id: id, into: &draft)
            draft.add(SourceRecord(id: id, version: nil, json: json))
        case .failure(let missing): draft.reject(missing.texts, json.bytes, line: line)
        }
    }

    private mutating func readState(_ value: JSON?, into draft: inout PageDraft) {
        guard let value, value.object != nil else {
            return draft.remark(stream, "the tap sent a state that is no object; it is left out")
        }
        if value.isDeeperThanStates { return draft.remark(stream, "the tap sent a state that is nested too deeply") }
        isStuck = value.hasProgressMarkers
        if !isStuck { state = value }
    }

    private static var noRecord: LocalizedText {
        LocalizedText(zh: "RECORD 消息里没有 record 对象", en: "the RECORD has no object 'record'")
    }
}

extension JSON {
    /// Whether a state says somewhere that it is not to be gone on from.
    fileprivate var hasProgressMarkers: Bool {
        switch self {
        case .array(let elements): elements.contains(where: \.hasProgressMarkers)
        case .object(let object):
            object.members.contains { member in
                member.key == "progress_markers"
                    ? member.value.object?.members.isEmpty == false : member.value.hasProgressMarkers
            }
        default: false
        }
    }
}
