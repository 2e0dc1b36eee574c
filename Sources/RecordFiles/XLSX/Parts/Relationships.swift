/// The relationships of one part: which other parts it uses, and for what.
struct Relationships: XMLContent {
    struct Target {
        /// The name of the part, from the package's root.
        let part: String
        /// The last word of the relationship's type: the rest differs between the two standards (ECMA and ISO strict).
        let kind: String
    }

    /// The targets by their identifiers.
    private(set) var targets: [String: Target] = [:]
    private let folder: String

    /// Of a part that lies in `folder` ("xl", or "" for the package).
    init(folder: String) {
        self.folder = folder
    }

    /// Reads the relationships of the part `name`; "" for the package itself. None where the part has no such list.
    init(of name: String, in archive: ZipArchive, limits: FileLimits) throws(FileFault) {
        let cut = name.lastIndex(of: "/")
        folder = cut.map { String(name[..<$0]) } ?? ""
        let file = cut.map { String(name[name.index(after: $0)...]) } ?? name
        let list = (folder.isEmpty ? "" : folder + "/") + "_rels/\(file).rels"
        guard archive.contains(list) else { return }
        try archive.part(list).read(into: &self, limits: limits)
    }

    /// The part of this kind; nil when there is none.
    func part(kind: String) -> String? {
        targets.values.first { $0.kind == kind }?.part
    }

    mutating func start(_ element: XMLName, _ attributes: XMLAttributes) throws(FileFault) {
        guard element == "Relationship", attributes["TargetMode"]?.is("External") != true else { return }
        guard let id = attributes["Id"], let type = attributes["Type"], let target = attributes["Target"] else {
            return
        }
        let kind = type.text.split(separator: "/").last.map(String.init) ?? ""
        targets[id.text] = Target(part: try Self.resolve(target.text, from: folder), kind: kind)
    }

    /// The name of the part that a target names: absolute, or relative to the folder.
    ///
    /// - Throws: Where it leads out of the package.
    static func resolve(_ target: String, from folder: String) throws(FileFault) -> String {
        var steps = target.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
        for step in target.split(separator: "/") where step != "." {
            if step == ".." {
                guard steps.popLast() != nil else {
                    throw FileFault(
                        zh: "工作簿引用了自身以外的部分：“\(target)”", en: "the workbook names a part outside itself: '\(target)'")
                }
            } else {
                steps.append(String(step))
            }
        }
        return steps.joined(separator: "/")
    }
}
