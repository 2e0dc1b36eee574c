/// The contents of `xl/workbook.xml`: the sheets in order, and the epoch of dates.
struct WorkbookContent: XMLContent {
    struct Entry {
        let name: String
        let state: Workbook.Sheet.State
        /// The identifier of the relationship that leads to the sheet's part.
        let relationship: String
    }

    private(set) var sheets: [Entry] = []
    private(set) var usesEpoch1904 = false
    private var root: Bool?

    /// Whether the part is a workbook at all, and not a document or a presentation.
    var isWorkbook: Bool { root ?? false }

    mutating func start(_ element: XMLName, _ attributes: XMLAttributes) throws(FileFault) {
        if root == nil { root = element == "workbook" }
        if element == "workbookPr" {
            usesEpoch1904 = attributes["date1904"]?.isTrue ?? false
        } else if element == "sheet", let name = attributes["name"], let id = attributes["id"] {
            let state = attributes["state"].flatMap { Workbook.Sheet.State(rawValue: $0.text) } ?? .visible
            sheets.append(Entry(name: name.text, state: state, relationship: id.text))
        }
    }
}
