public import YAMLDocument

/// The definition files that come with the product.
public enum ProductCatalogue {
    /// The files with record types, indicators and constants; each is parsed anew.
    public static func documents() throws(Problem) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        for name in EmbeddedFiles.texts.keys.sorted() where !name.hasPrefix(calendarPrefix) {
            documents.append(try document(name))
        }
        return documents
    }

    /// The calendar named `name`, such as `cn-2026`; nil where the product has none of that name.
    public static func calendar(_ name: String) throws(Problem) -> YAMLNode? {
        let file = "\(calendarPrefix)\(name).yaml"
        return EmbeddedFiles.texts[file] == nil ? nil : try document(file)
    }

    /// The names of the calendars that come with the product.
    public static var calendars: [String] {
        EmbeddedFiles.texts.keys.filter { $0.hasPrefix(calendarPrefix) }
            .map { String($0.dropFirst(calendarPrefix.count).dropLast(".yaml".count)) }.sorted()
    }

    private static let calendarPrefix = "calendar-"

    private static func document(_ name: String) throws(Problem) -> YAMLNode {
        try YAMLNode.parse(EmbeddedFiles.texts[name] ?? "", file: "catalogue/\(name)")
    }
}
