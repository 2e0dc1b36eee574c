public import YAMLDocument

extension MapReader {
    /// The time zone at `key`; nil where it is absent, or none, which is logged.
    public func zone(_ key: String) -> Zone? {
        guard let name = text(key) else { return nil }
        let zone = Zone(identifier: name)
        if zone == nil { log.add(place(of: key), Zone.complaint(about: name)) }
        return zone
    }
}

extension Zone {
    /// What to say of a name that is no time zone.
    static func complaint(about name: String) -> String {
        "'\(name)' is no time zone; expected such as Asia/Shanghai"
    }
}
