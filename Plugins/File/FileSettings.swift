import PlumblineKit
import RecordFiles

/// Settings that all files have in common.
enum FileSettings {
    static let path = Setting<String>.file(
        "path", LocalizedText(zh: "data 文件夹中的文件名", en: "Name of the file in the data folder"))
    static let idField = Setting<[String]>.list(
        "id_field",
        LocalizedText(
            zh: "标识一条记录的字段；可多个，以 / 相连", en: "Field that identifies a record, or several, joined with /"))
    static let complete = Setting<Bool>.flag(
        "complete", default: false,
        LocalizedText(
            zh: "文件是否总是全部记录：是，则消失的行视为已删除",
            en: "Whether the file always holds all records: a row that vanishes is then taken as deleted"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...10_000, default: 1000, unit: "records",
        LocalizedText(zh: "每页条数，一页一个事务", en: "Records in a page, which is one transaction"))

    static let encoding = Setting<String>.choice(
        "encoding", of: FileForm.TextEncoding.allCases.map(\.rawValue), default: FileForm.TextEncoding.utf8.rawValue,
        LocalizedText(zh: "文件的字符编码；gb18030 含 GBK", en: "How texts are encoded; gb18030 covers GBK"))

    static let all: [SettingField] = [path.field, idField.field, complete.field, pageSize.field]

    static func encoding(_ settings: Settings) -> FileForm.TextEncoding {
        FileForm.TextEncoding(rawValue: settings[encoding]) ?? .utf8
    }

    static let stream = StreamDescription(
        name: "records", help: LocalizedText(zh: "文件中的记录", en: "The records of the file"),
        deletions: [.fullList, .neverKnown], isIncremental: true)

    /// For a sweep: only a file that holds everything can tell what is missing.
    static func requireComplete(_ settings: Settings) throws(ConnectorError) {
        guard settings[complete] else {
            throw .settings(field: complete.field.key, reason: "must be true when the stream deletes by full_list")
        }
    }
}
