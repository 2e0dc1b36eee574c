import Glibc

/// What the first bytes of a file tell, before it is taken for a workbook.
struct FileMagic {
    let fileBytes: Int

    /// Looks at the file.
    ///
    /// - Throws: What to do with a file that is no XLSX workbook.
    init(path: String) throws(FileFault) {
        guard let file = fopen(path, "rb") else {
            throw FileFault(zh: "无法打开文件：\(path)", en: "the file cannot be opened: \(path)")
        }
        defer { fclose(file) }
        let head = Self.bytes(512, of: file, at: 0)
        if head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            throw Self.isEncrypted(file, head) ? .encrypted : Self.legacy
        }
        guard !head.isEmpty else { throw FileFault(zh: "文件是空的", en: "the file is empty") }
        guard head.starts(with: Array("PK".utf8)) else { throw Self.foreign }
        fseek(file, 0, SEEK_END)
        fileBytes = ftell(file)
    }

    private static let legacy = FileFault(
        zh: "这是 Excel 97-2003 的工作簿（.xls），请用 Excel 或 WPS 打开并另存为 .xlsx",
        en: "this is a workbook of Excel 97-2003 (.xls); open it in Excel or WPS and save it as .xlsx")

    private static let foreign = FileFault(
        zh: "文件不是 XLSX 工作簿（有的系统给 HTML 或 CSV 也起这样的名字），请用 Excel 或 WPS 打开并另存为 .xlsx",
        en: "the file is no XLSX workbook (some systems give HTML or CSV under that name); open it in Excel or WPS and "
            + "save it as .xlsx")

    /// Excel keeps an encrypted workbook as the stream `EncryptedPackage` of an OLE file, named in its first directory.
    ///
    /// - Source: MS-CFB 2.2 (header), 2.6 (directory); MS-OFFCRYPTO 2.3.4.
    private static func isEncrypted(_ file: UnsafeMutablePointer<FILE>, _ head: [UInt8]) -> Bool {
        guard head.count == 512 else { return false }
        let sectorBytes = head[30] == 12 ? 4096 : 512
        let directory = (0..<4).reduce(0) { $0 | Int(head[48 + $1]) << (8 * $1) }
        let entries = bytes(4096, of: file, at: (directory + 1) * sectorBytes)
        let name = "EncryptedPackage".utf16.flatMap { (unit: UInt16) -> [UInt8] in [UInt8(unit), 0] }
        for start in stride(from: 0, to: max(entries.count - 127, 0), by: 128)
        where entries[start...].starts(with: name) {
            return true
        }
        return false
    }

    private static func bytes(_ count: Int, of file: UnsafeMutablePointer<FILE>, at offset: Int) -> [UInt8] {
        guard fseek(file, offset, SEEK_SET) == 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = fread(buffer.baseAddress, 1, count, file)
        }
    }
}
