internal import Indicators
internal import PlumblineKit

/// The streams under which records are stored: those of connections, of saved mappings, and of templates.
extension Workspace {
    /// The stream of a connection, or of a mapping that was saved for it; nil where there is none of that name.
    func stream(_ name: String, of connection: String) -> StreamMapping? {
        let own = connections.first { $0.name == connection }?.streams.first { $0.name == name }
        return own ?? mappings.first { $0.connection == connection && $0.name == name }?.stream
    }

    /// How a stream maps now, and how it learns of deletions; nil where the workspace has no such stream any more.
    func reading(ofStream name: String, of connection: String) -> (version: String, deletions: String)? {
        if let stream = stream(name, of: connection) { return (stream.version, stream.deletions.rawValue) }
        let byHand = HandConnection(self)
        guard let type = byHand.type(ofStream: name, in: connection) else { return nil }
        let zone = connections.first { $0.name == connection }?.zone ?? calendar.zone
        return (byHand.version(of: type, zone), Deletions.neverKnown.rawValue)
    }

    /// The record type that a stream brings; nil for a stream that no file describes any more.
    func type(ofStream name: String, of connection: String) -> String? {
        stream(name, of: connection)?.mapping.type.name
            ?? HandConnection(self).type(ofStream: name, in: connection)?.name
    }

    /// The types whose records may mention accounts of a connection. Templates bring records of any type.
    func types(mentioning connection: String) -> Set<String> {
        let known = connections.first { $0.name == connection }
        if let known, known.idFields.isEmpty { return Set(known.streams.map(\.mapping.type.name)) }
        return Set(recordTypes.keys)
    }
}
