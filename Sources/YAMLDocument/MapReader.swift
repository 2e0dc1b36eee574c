/// Reads the keys of a map, refuses keys that nobody knows, and logs every problem at its place.
public struct MapReader {
    /// The node that is read. Where it is no map, that is logged once and every key is absent.
    public let node: YAMLNode
    /// Where problems go.
    public let log: ProblemLog
    private let what: String

    /// A reader of `node`, which is `what` (such as "an indicator") and may have the keys `known`.
    public init(_ node: YAMLNode, what: String, known: [String], log: ProblemLog) {
        self.node = node
        self.log = log
        self.what = what
        guard let entries = node.entries else {
            let keys = known.joined(separator: ", ")
            log.add(node.place, "\(what) must be a map with the keys \(keys), not \(node.kindName)")
            return
        }
        for entry in entries where !known.contains(entry.key) {
            log.add(entry.place, Self.unknown(entry.key, known: known))
        }
    }

    /// The message for a key that nobody knows, with the nearest known one.
    public static func unknown(_ key: String, known: [String]) -> String {
        "unknown key '\(key)'\(proposal(for: key, among: known)); known: \(known.joined(separator: ", "))"
    }

    /// The place of `key`, or of the map where it has none.
    public func place(of key: String) -> SourcePlace { self[key]?.place ?? node.place }

    /// The value at `key`; nil where it is absent or empty.
    public subscript(key: String) -> YAMLNode? {
        guard let value = node[key], !value.isNull else { return nil }
        return value
    }

    /// The text at `key`; logs a list or a map there.
    public func text(_ key: String) -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.text else {
            log.add(value.place, "'\(key)' must be a text, not \(value.kindName)")
            return nil
        }
        return text
    }

    /// The text at `key`; logs where it is missing.
    public func requiredText(_ key: String) -> String? {
        if self[key] == nil, node.entries != nil {
            log.add(node.place, "\(what) needs '\(key)'")
        }
        return text(key)
    }

    /// The whole number at `key`; logs anything else there.
    public func integer(_ key: String) -> Int? {
        guard let text = text(key) else { return nil }
        guard let number = Int(text) else {
            log.add(place(of: key), "'\(key)' must be a whole number, not '\(text)'")
            return nil
        }
        return number
    }

    /// The truth value at `key`; logs anything but `true` and `false`.
    public func flag(_ key: String) -> Bool? {
        guard let text = text(key) else { return nil }
        guard let flag = Bool(text) else {
            log.add(place(of: key), "'\(key)' must be true or false, not '\(text)'")
            return nil
        }
        return flag
    }

    /// The name at `key` as a case of `Choice`; logs anything else there.
    public func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of _: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            log.add(place(of: key), "'\(key)' must be one of \(names), not '\(text)'")
            return nil
        }
        return choice
    }

    /// The elements of the list at `key`; a single text counts as a list of one; empty where it is absent.
    public func list(_ key: String) -> [YAMLNode] {
        guard let value = self[key] else { return [] }
        if value.text != nil { return [value] }
        guard let elements = value.elements else {
            log.add(value.place, "'\(key)' must be a list, not \(value.kindName)")
            return []
        }
        return elements
    }

    /// The texts of the list at `key`; empty where it is absent.
    public func texts(_ key: String) -> [String] {
        list(key).compactMap { element in
            if element.text == nil {
                log.add(element.place, "'\(key)' must be a list of texts, here is \(element.kindName)")
            }
            return element.text
        }
    }

    /// The entries of the map at `key`; empty where it is absent.
    public func map(_ key: String) -> [YAMLNode.Entry] {
        guard let value = self[key] else { return [] }
        guard let entries = value.entries else {
            log.add(value.place, "'\(key)' must be a map, not \(value.kindName)")
            return []
        }
        return entries
    }
}

/// `, perhaps 'NAME'` for the known name that is near; empty where none is.
public func proposal(for name: String, among known: [String]) -> String {
    nearest(to: name, among: known).map { ", perhaps '\($0)'" } ?? ""
}

/// The known name that differs least from `name`, nil when none is near.
public func nearest(to name: String, among known: [String]) -> String? {
    let limit = max(1, name.count / 3)
    let ranked = known.map { ($0, editDistance(name, $0)) }.filter { $0.1 <= limit }
    return ranked.min { $0.1 < $1.1 }?.0
}

/// How many insertions, deletions and replacements lead from one text to the other.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let replaced = diagonal + (character == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
