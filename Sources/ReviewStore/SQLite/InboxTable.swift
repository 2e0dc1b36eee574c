internal import Expressions
internal import Foundation
internal import GRDB
internal import OpenSSLCrypto

/// The tables of the inbox and of alarms.
enum InboxTable {
    /// Once so many bytes of events are read together, no more are.
    static let mostBytesRead = 8_388_608

    /// Stands in the place of the fingerprint of all bodies that are too many to be kept.
    static let unkept = [UInt8](repeating: 0, count: 16)
    /// Stands in the place of their contents; what is sealed is longer.
    static let nothing: [UInt8] = [0]

    static let schema = """
        CREATE TABLE inbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            connection TEXT NOT NULL,
            key BLOB NOT NULL,
            fingerprint BLOB NOT NULL,
            received INTEGER NOT NULL,
            state TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            contents BLOB,
            run_id INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX inbox_by_key ON inbox (connection, key);
        CREATE INDEX inbox_waiting ON inbox (connection, id) WHERE state = 'waiting';
        CREATE TABLE inbox_repeats (
            inbox_id INTEGER NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
            fingerprint BLOB NOT NULL,
            count INTEGER NOT NULL,
            last INTEGER NOT NULL,
            contents BLOB,
            PRIMARY KEY (inbox_id, fingerprint)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE alarms (
            connection TEXT NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            count INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (connection, kind, detail)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE runs ADD COLUMN is_pushed INTEGER NOT NULL DEFAULT 0;
        """

    /// What an event is known by besides its key, and what of it no stream took.
    static let proofs = """
        ALTER TABLE inbox ADD COLUMN proof BLOB;
        ALTER TABLE inbox ADD COLUMN untaken INTEGER NOT NULL DEFAULT 0;
        CREATE UNIQUE INDEX inbox_by_proof ON inbox (connection, proof) WHERE proof IS NOT NULL;
        CREATE INDEX inbox_untaken ON inbox (connection, untaken) WHERE untaken > 0;
        """
}

/// An arrival in the form in which it is stored.
struct SealedArrival: Sendable {
    let connection: String
    let received: Int64
    let byteCount: Int64
    /// What the key looks like to whoever has no key of ours.
    let key: [UInt8]
    /// The same of what it is known by besides.
    let proof: [UInt8]?
    /// The same for the same contents.
    let fingerprint: [UInt8]
    let contents: [UInt8]

    init(_ arrival: InboxArrival, keys: StoreKeys) throws(StoreError) {
        let text = InboxCodec.encode(arrival.contents)
        connection = arrival.connection
        received = arrival.received.microseconds
        byteCount = Int64(arrival.contents.body.count)
        key = Self.code(of: Array(arrival.key.utf8), in: arrival.connection, keys)
        proof = arrival.proof.map { Self.code(of: Array("proof \($0)".utf8), in: arrival.connection, keys) }
        fingerprint = Self.code(of: text, in: arrival.connection, keys)
        do {
            contents = try AESGCM.seal(text, key: keys.sealing, authenticating: Self.place(connection, key))
        } catch {
            throw .database(reason: "an event cannot be sealed: \(error)")
        }
    }

    /// Ties contents to their event: put under another one they do not open.
    static func place(_ connection: String, _ key: [UInt8]) -> [UInt8] { Array("inbox \(connection) ".utf8) + key }

    private static func code(of bytes: [UInt8], in connection: String, _ keys: StoreKeys) -> [UInt8] {
        Array(HMACSHA256.code(for: Array("inbox \(connection) ".utf8) + bytes, key: keys.audit).prefix(16))
    }
}

/// The contents of an event as bytes: how many parts, each name and value with its length, then the body.
enum InboxCodec {
    static func encode(_ contents: InboxContents) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(contents.body.count + 64)
        bytes.append(UInt8(clamping: contents.parts.count))
        for part in contents.parts.prefix(Int(UInt8.max)) {
            bytes.append(counted: part.name)
            bytes.append(counted: part.value)
        }
        return bytes + contents.body
    }

    /// Nil where the bytes are not what ``encode(_:)`` gives.
    static func decode(_ bytes: [UInt8]) -> InboxContents? {
        guard let count = bytes.first else { return nil }
        var rest = bytes.dropFirst()
        var parts: [InboxPart] = []
        for _ in 0..<count {
            guard let name = rest.removeCounted(), let value = rest.removeCounted() else { return nil }
            parts.append(InboxPart(name: name, value: value))
        }
        return InboxContents(body: Array(rest), parts: parts)
    }
}

extension ArraySlice<UInt8> {
    /// Takes a text with its length from the front, as ``Swift/Array/append(counted:)`` writes it.
    mutating func removeCounted() -> String? {
        guard count >= 8 else { return nil }
        let length = prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        removeFirst(8)
        guard length <= UInt64(count) else { return nil }
        defer { removeFirst(Int(length)) }
        return String(validating: prefix(Int(length)), as: UTF8.self)
    }
}
