/// The number formats of `xl/styles.xml`, by the style numbers that cells carry.
struct CellStyles: XMLContent {
    private static let most = 1 << 17

    private var custom: [Int: NumberFormat] = [:]
    private var ids: [Int] = []
    private var isInCells = false

    /// The meaning of numbers under each style.
    func formats() -> [NumberFormat] { ids.map { custom[$0] ?? NumberFormat(builtIn: $0) } }

    mutating func start(_ element: XMLName, _ attributes: XMLAttributes) throws(FileFault) {
        switch element {
        case "cellXfs": isInCells = true
        case "xf" where isInCells: ids.append(attributes["numFmtId"]?.number ?? 0)
        case "numFmt":
            guard let id = attributes["numFmtId"]?.number, let code = attributes["formatCode"] else { return }
            custom[id] = NumberFormat(code: code.text)
        default: break
        }
        guard ids.count <= Self.most, custom.count <= Self.most else {
            throw FileFault(
                zh: "工作簿的样式超过 \(Self.most) 种，请把单元格复制到新的工作簿",
                en: "the workbook has more than \(Self.most) styles; copy its cells into a new one")
        }
    }

    mutating func end(_ element: XMLName) throws(FileFault) {
        if element == "cellXfs" { isInCells = false }
    }
}
