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

    private static let saveAs = "open it in Excel and save it as 'Excel Workbook (*.xlsx)' or as 'CSV UTF-8'"

    private static func checkPacked(_ head: [UInt8]) throws(FileFault) {
        if holds("xl/workbook.bin", head) { throw FileFault("this is a binary workbook (XLSB); \(saveAs)") }
        if holds("opendocument", head) { throw FileFault("this is an OpenDocument file; save it as XLSX or CSV") }
        guard holds("xl/", head) else {
            throw FileFault("this is a packed file (zip) and no XLSX workbook; unpack it and import what is in it")
        }
    }

    private static func checkText(_ head: [UInt8]) throws(FileFault) {
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            let isLocked = holds(Array("EncryptedPackage".utf16).flatMap { [UInt8($0), 0] }, head)
            throw FileFault(
                isLocked
                    ? "this workbook is protected by a password; save it without one"
                    : "this is a workbook in the old XLS form, which is not read; \(saveAs)")
        }
        if head.starts(with: [0x09, 0x08]) || head.starts(with: [0x09, 0x04]) {
            throw FileFault("this is a workbook in a very old XLS form, which is not read; \(saveAs)")
        }
        if head.starts(with: Array("%PDF".utf8)) { throw FileFault("this is a PDF, which holds no table to read") }
        if head.starts(with: [0x1F, 0x8B]) { throw FileFault("this is a packed file (gzip); unpack it first") }
        if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
            throw FileFault("this text is in UTF-32, which is not read; save it as UTF-8")
        }
        try checkMarkup(head)
    }

    private static func checkMarkup(_ head: [UInt8]) throws(FileFault) {
        let start = head.prefix(1024).filter { $0 != 0 }.drop { $0 <= .space || $0 >= 0x80 }
        guard start.first == UInt8(ascii: "<") else { return }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        if ["<html", "<!doctype html", "<table", "<meta"].contains(where: text.contains) {
            throw FileFault("this is a web page (HTML), whatever its name says; \(saveAs)")
        }
        if text.hasPrefix("<?xml") { throw FileFault("this is an XML file; \(saveAs)") }
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
