/// What a file is by its first bytes.
public enum FileKind: Sendable, Hashable {
    /// A table or JSON.
    case text
    /// An XLSX workbook.
    case workbook

    /// The kind of a file that begins with `head`.
    ///
    /// - Throws: `FileFault` that tells what the file is, and what to do, where it is neither.
    public init(_ head: [UInt8]) throws(FileFault) {
        if head.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            try Self.checkPacked(head)
            self = .workbook
        } else {
            try Self.checkText(head)
            self = .text
        }
    }

    /// What the file is, with the advice to save it in another form.
    private static func other(zh: String, en: String) -> FileFault {
        FileFault(
            zh: "\(zh)，请用 Excel 打开并另存为“Excel 工作簿 (*.xlsx)”或“CSV UTF-8”",
            en: "\(en); open it in Excel and save it as 'Excel Workbook (*.xlsx)' or as 'CSV UTF-8'")
    }

    private static func checkPacked(_ head: [UInt8]) throws(FileFault) {
        if holds("xl/workbook.bin", head) {
            throw Self.other(zh: "这是二进制工作簿（XLSB）", en: "this is a binary workbook (XLSB)")
        }
        if holds("opendocument", head) {
            throw FileFault(
                zh: "这是 OpenDocument 文件，请另存为 XLSX 或 CSV", en: "this is an OpenDocument file; save it as XLSX or CSV")
        }
        guard holds("xl/", head) else {
            throw FileFault(
                zh: "这是压缩包（zip），不是 XLSX 工作簿，请解压后导入里面的文件",
                en: "this is a packed file (zip) and no XLSX workbook; unpack it and import what is in it")
        }
    }

    private static func checkText(_ head: [UInt8]) throws(FileFault) {
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            let isLocked = holds(Array("EncryptedPackage".utf16).flatMap { [UInt8($0), 0] }, head)
            throw isLocked
                ? FileFault(
                    zh: "工作簿有密码保护，请去掉密码后保存", en: "this workbook is protected by a password; save it without one")
                : Self.other(zh: "这是旧的 XLS 工作簿，不能读取", en: "this is a workbook in the old XLS form, which is not read")
        }
        if head.starts(with: [0x09, 0x08]) || head.starts(with: [0x09, 0x04]) {
            throw Self.other(
                zh: "这是很旧的 XLS 工作簿，不能读取", en: "this is a workbook in a very old XLS form, which is not read")
        }
        if head.starts(with: Array("%PDF".utf8)) {
            throw FileFault(zh: "这是 PDF，里面没有可读取的表格", en: "this is a PDF, which holds no table to read")
        }
        if head.starts(with: [0x1F, 0x8B]) {
            throw FileFault(zh: "这是压缩文件（gzip），请先解压", en: "this is a packed file (gzip); unpack it first")
        }
        if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw FileFault(
                zh: "文本是 UTF-32 编码，不能读取，请另存为 UTF-8", en: "this text is in UTF-32, which is not read; save it as UTF-8")
        }
        try checkMarkup(head)
    }

    private static func checkMarkup(_ head: [UInt8]) throws(FileFault) {
        let start = head.prefix(1024).filter { $0 != 0 }.drop { $0 <= .space || $0 >= 0x80 }
        guard start.first == UInt8(ascii: "<") else { return }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        if ["<html", "<!doctype html", "<table", "<meta"].contains(where: text.contains) {
            throw Self.other(zh: "不管文件名怎么写，这是网页（HTML）", en: "this is a web page (HTML), whatever its name says")
        }
        if text.hasPrefix("<?xml") { throw Self.other(zh: "这是 XML 文件", en: "this is an XML file") }
    }

    private static func holds(_ word: String, _ bytes: [UInt8]) -> Bool { holds(Array(word.utf8), bytes) }

    private static func holds(_ word: [UInt8], _ bytes: [UInt8]) -> Bool {
        guard let first = word.first else { return true }
        var rest = bytes[...]
        while let place = rest.firstIndex(of: first) {
            rest = rest[place...]
            if rest.starts(with: word) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
