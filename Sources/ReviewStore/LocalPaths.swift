/// Takes the paths of this machine out of texts that leave it.
///
/// Where the program lies and what folders are called is nobody's business, and helps who looks for a way in. What stands below
/// one of the known folders keeps its path from there, such as `data/deeds.csv`; of any other path that begins like one of a
/// Unix system its last part stays.
struct LocalPaths: Sendable, Hashable {
    /// The folders whose contents are known to others by their paths from there.
    let folders: [String]

    private static let roots = [
        "Users", "Volumes", "data", "dev", "etc", "home", "media", "mnt", "opt", "private", "proc", "root", "run",
        "srv",
        "tmp", "usr", "var",
    ]
    /// What may stand in front of a path's first slash only within an address or another path.
    private static let within: Set<Character> = ["/", ".", "_", "-", "~", "%"]
    private static let ends: Set<Character> = [
        "'", "\"", "`", ",", ";", ":", ")", "]", "}", ">", "|", "“", "”", "‘", "’", "，", "；", "：", "。", "）",
    ]

    /// The text without them.
    func removed(from text: String) -> String {
        var rest = text.replacing("file://", with: "")
        for folder in folders.sorted(by: { $0.count > $1.count }) where folder.count > 1 {
            rest = rest.replacing(folder + "/", with: "")
        }
        var result = ""
        while let slash = rest.firstIndex(of: "/") {
            let path = rest[slash...].prefix { !$0.isWhitespace && !Self.ends.contains($0) }
            let before = slash > rest.startIndex ? rest[rest.index(before: slash)] : result.last
            result += rest[..<slash]
            let isPath = Self.isLocal(path, folders) && !Self.isWithin(before)
            let part = isPath ? Self.name(of: path) : String(path)
            result += part
            rest = String(rest[path.endIndex...])
        }
        return result + rest
    }

    private static func isWithin(_ before: Character?) -> Bool {
        guard let before else { return false }
        return before.isLetter || before.isNumber || within.contains(before)
    }

    private static func isLocal(_ path: Substring, _ folders: [String]) -> Bool {
        let parts = path.split(separator: "/", maxSplits: 1)
        return parts.count == 2 && roots.contains(String(parts[0])) || folders.contains(String(path))
    }

    private static func name(of path: Substring) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
}
