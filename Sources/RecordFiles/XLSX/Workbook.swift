/// An XLSX workbook: its sheets, and what their cells share.
///
/// Opening it reads the list of parts, the shared strings and the number formats; sheets are read row by row by
/// ``WorkbookReader``. The limits are kept while parts are unpacked, so that a small file never takes much memory.
///
/// - Leaves out: macros, charts, pictures, comments, links to other files: nothing of them is read or followed.
/// - Source: ECMA-376 parts 1 and 2, transitional and strict.
public struct Workbook {
    /// A sheet.
    public struct Sheet: Sendable, Hashable {
        /// Its name, as on its tab.
        public let name: String
        /// Whether it is shown.
        public let state: State
        /// The name of its part.
        let part: String

        /// Whether a sheet is shown.
        public enum State: String, Sendable, Hashable {
            case visible
            /// Hidden by a person, who can show it again.
            case hidden
            /// Hidden by a program; Excel's menus do not show it.
            case veryHidden
        }
    }

    /// The sheets of cells in the order of their tabs; charts are left out.
    public let sheets: [Sheet]
    /// Whether days count from 1904, as in workbooks of old Macintoshes.
    public let usesEpoch1904: Bool

    let archive: ZipArchive
    let conversion: CellConversion
    let limits: FileLimits

    /// Opens the workbook at `path`.
    ///
    /// - Throws: What is wrong with the file and what to do: a legacy or encrypted workbook, no workbook at all, a
    ///   damaged one, one over a limit.
    public init(path: String, limits: FileLimits = FileLimits()) throws(FileFault) {
        self.limits = limits
        let magic = try FileMagic(path: path)
        archive = try ZipArchive(path: path, fileBytes: magic.fileBytes, limits: limits)
        let main = try Self.mainPart(of: archive, limits: limits)
        var content = WorkbookContent()
        try archive.part(main).read(into: &content, limits: limits)
        guard content.isWorkbook else { throw Self.noWorkbook }
        let related = try Relationships(of: main, in: archive, limits: limits)
        sheets = try Self.sheets(of: content, related)
        usesEpoch1904 = content.usesEpoch1904
        conversion = try Self.conversion(related, usesEpoch1904: content.usesEpoch1904, in: archive, limits: limits)
    }

    /// The sheet of this name; the first visible one where the name is empty.
    ///
    /// - Throws: Where there is none, with the names of those that are there.
    public func sheet(named name: String) throws(FileFault) -> Sheet {
        let found = name.isEmpty ? sheets.first { $0.state == .visible } : sheets.first { $0.name == name }
        guard let found else {
            let names = sheets.map { "'\($0.name)'" }.joined(separator: ", ")
            throw FileFault(
                zh: name.isEmpty
                    ? "工作簿没有可见的工作表；它有：\(names)" : "工作簿没有工作表“\(name)”；它有：\(names)",
                en: name.isEmpty
                    ? "the workbook has no visible sheet of cells; its sheets: \(names)"
                    : "the workbook has no sheet '\(name)'; its sheets: \(names)")
        }
        return found
    }

    private static let noWorkbook = FileFault(
        zh: "文件是 zip 压缩包，但不是 XLSX 工作簿，请用 Excel 或 WPS 打开并另存为 .xlsx",
        en: "the file is a zip archive but no XLSX workbook; open it in Excel or WPS and save it as .xlsx")

    private static func mainPart(of archive: ZipArchive, limits: FileLimits) throws(FileFault) -> String {
        guard let main = try Relationships(of: "", in: archive, limits: limits).part(kind: "officeDocument") else {
            throw noWorkbook
        }
        guard !main.hasSuffix(".bin") else {
            throw FileFault(
                zh: "这是二进制工作簿（.xlsb），请用 Excel 打开并另存为 .xlsx",
                en: "this is a binary workbook (.xlsb); open it in Excel and save it as .xlsx")
        }
        return main
    }

    private static func sheets(
        of content: WorkbookContent, _ related: Relationships
    ) throws(FileFault) -> [Sheet] {
        var sheets: [Sheet] = []
        for entry in content.sheets {
            guard let target = related.targets[entry.relationship] else {
                throw .damaged(zh: "工作表“\(entry.name)”的位置", en: "the place of the sheet '\(entry.name)'")
            }
            guard target.kind == "worksheet" else { continue }
            sheets.append(Sheet(name: entry.name, state: entry.state, part: target.part))
        }
        guard !sheets.isEmpty else { throw FileFault(zh: "工作簿没有含单元格的工作表", en: "the workbook has no sheet of cells") }
        return sheets
    }

    private static func conversion(
        _ related: Relationships, usesEpoch1904: Bool, in archive: ZipArchive, limits: FileLimits
    ) throws(FileFault) -> CellConversion {
        var (shared, styles) = (SharedStrings(limits: limits), CellStyles())
        if let part = related.part(kind: "sharedStrings") {
            try archive.part(part).read(into: &shared, limits: limits)
        }
        if let part = related.part(kind: "styles") {
            try archive.part(part).read(into: &styles, limits: limits)
        }
        return CellConversion(
            shared: shared, formats: styles.formats(), usesEpoch1904: usesEpoch1904, limits: limits)
    }
}
