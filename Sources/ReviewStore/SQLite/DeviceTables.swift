internal import Expressions
internal import Foundation
internal import GRDB
internal import OpenSSLCrypto

/// The tables of what devices tell.
enum DeviceTables {
    static let schema = """
        CREATE TABLE device_entries (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            connection TEXT NOT NULL,
            key BLOB NOT NULL,
            serial TEXT NOT NULL,
            account BLOB,
            placed INTEGER NOT NULL,
            received INTEGER NOT NULL,
            contents BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX device_entries_by_key ON device_entries (connection, key);
        CREATE INDEX device_entries_by_account ON device_entries (connection, account, placed)
            WHERE account IS NOT NULL;
        CREATE INDEX device_entries_by_time ON device_entries (connection, placed);
        CREATE TABLE devices (
            connection TEXT NOT NULL,
            serial TEXT NOT NULL,
            stamp TEXT,
            called INTEGER NOT NULL,
            PRIMARY KEY (connection, serial)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE device_logs (
            connection TEXT PRIMARY KEY,
            kept_since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// What a text looks like to whoever has no key of ours.
    static func code(of kind: String, _ text: String, in connection: String, _ keys: StoreKeys) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in ["device", kind, connection, text] { bytes.append(counted: part) }
        return Array(HMACSHA256.code(for: bytes, key: keys.audit).prefix(16))
    }

    /// Ties contents to their entry: put under another one they do not open.
    static func place(_ connection: String, _ key: [UInt8]) -> [UInt8] {
        Array("device \(connection) ".utf8) + key
    }
}

/// What a device has told, in the form in which it is stored.
struct SealedDeviceArrival: Sendable {
    let connection: String
    let serial: String
    let stamp: String?
    let received: Int64
    let entries: [Entry]

    struct Entry: Sendable {
        let key: [UInt8]
        let account: [UInt8]?
        let placed, received: Int64
        let contents: [UInt8]
    }

    init(_ arrival: DeviceArrival, keys: StoreKeys) throws(StoreError) {
        (connection, serial, stamp) = (arrival.connection, arrival.serial, arrival.stamp)
        received = arrival.received.microseconds
        entries = try arrival.entries.map { entry throws(StoreError) in
            try Entry(entry, of: arrival.serial, at: arrival.connection, keys)
        }
    }
}

extension SealedDeviceArrival.Entry {
    init(
        _ entry: StoredDeviceEntry, of serial: String, at connection: String, _ keys: StoreKeys
    ) throws(StoreError) {
        key = DeviceTables.code(of: "key \(serial)", entry.key, in: connection, keys)
        account = entry.account.map { DeviceTables.code(of: "account", $0, in: connection, keys) }
        (placed, received) = (entry.placed.microseconds, entry.received.microseconds)
        do {
            contents = try AESGCM.seal(
                DeviceEntryCodec.encode(entry), key: keys.sealing,
                authenticating: DeviceTables.place(connection, key))
        } catch {
            throw .database(reason: "an entry of a device cannot be sealed: \(error)")
        }
    }
}

/// An account and contents as bytes: whether there is an account, its length and text, the contents.
enum DeviceEntryCodec {
    static func encode(_ entry: StoredDeviceEntry) -> [UInt8] {
        guard let account = entry.account else { return [0] + entry.contents }
        var bytes: [UInt8] = [1]
        bytes.append(counted: account)
        return bytes + entry.contents
    }

    /// Nil where the bytes are not what ``encode(_:)`` gives.
    static func decode(_ bytes: [UInt8]) -> (account: String?, contents: [UInt8])? {
        guard let kind = bytes.first else { return nil }
        var rest = bytes.dropFirst()
        if kind == 0 { return (nil, Array(rest)) }
        guard kind == 1, let account = rest.removeCounted() else { return nil }
        return (account, Array(rest))
    }
}

/// An entry as it is stored.
struct SealedDeviceEntry: Sendable {
    private let number, placed, received: Int64
    private let connection, serial: String
    private let key, contents: [UInt8]

    init(_ row: Row) throws {
        number = try row.decode(forColumn: "number")
        placed = try row.decode(forColumn: "placed")
        received = try row.decode(forColumn: "received")
        connection = try row.decode(forColumn: "connection")
        serial = try row.decode(forColumn: "serial")
        key = try [UInt8](row.decode(Data.self, forColumn: "key"))
        contents = try [UInt8](row.decode(Data.self, forColumn: "contents"))
    }

    func open(_ keys: StoreKeys) throws(StoreError) -> KeptDeviceEntry {
        let text: [UInt8]
        do {
            text = try AESGCM.open(
                contents, key: keys.sealing, authenticating: DeviceTables.place(connection, key))
        } catch {
            throw .damaged(reason: "entry \(number) of devices: \(error)")
        }
        guard let opened = DeviceEntryCodec.decode(text) else {
            throw .damaged(reason: "entry \(number) of devices is in no known form")
        }
        return KeptDeviceEntry(
            number: number, serial: serial, account: opened.account, placed: Timestamp(microseconds: placed),
            received: Timestamp(microseconds: received), contents: opened.contents)
    }
}
