/// Where a piece of evidence came from.
public struct EvidenceReference: Sendable, Hashable, Comparable {
    /// The connection that brought it.
    public let connection: String
    /// The stream of that connection.
    public let stream: String
    /// The record's id at the source.
    public let externalID: String

    /// The origin of the record with that id in a connection's stream.
    public init(connection: String, stream: String, externalID: String) {
        self.connection = connection
        self.stream = stream
        self.externalID = externalID
    }

    /// By connection, stream and id.
    public static func < (left: Self, right: Self) -> Bool {
        (left.connection, left.stream, left.externalID) < (right.connection, right.stream, right.externalID)
    }
}

/// The SHA-256 of a record's canonical fields.
public struct ContentHash: Sendable, Hashable {
    let lanes: SIMD4<UInt64>

    /// A hash of 32 bytes; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        var lanes = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() {
            lanes[index / 8] = lanes[index / 8] << 8 | UInt64(byte)
        }
        self.lanes = lanes
    }

    /// A hash of 32 bytes where they lie; nil for any other number.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        var lanes = SIMD4<UInt64>()
        for lane in 0..<4 {
            lanes[lane] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: lane * 8, as: UInt64.self))
        }
        self.lanes = lanes
    }

    init(lanes: SIMD4<UInt64>) { self.lanes = lanes }

    /// Stands where a record is not stored and has no hash.
    public static let none = ContentHash(lanes: .zero)

    /// The hash as 32 bytes.
    public var bytes: [UInt8] { (0..<4).flatMap { lane in withUnsafeBytes(of: lanes[lane].bigEndian) { Array($0) } } }

    /// The hash as 64 hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: 64) { text in
            for place in 0..<64 {
                let digit = UInt8(truncatingIfNeeded: lanes[place / 16] >> UInt64(60 - place % 16 * 4)) & 15
                text[place] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            return 64
        }
    }
}

/// A digest of a set of records that does not depend on their order: the sum of their hashes.
public struct EvidenceDigest: Sendable, Hashable {
    private var lanes = SIMD4<UInt64>()

    /// The digest of no records.
    public init() {}

    /// Takes in a record. One that is added twice counts twice.
    public mutating func add(_ hash: ContentHash) { lanes &+= hash.lanes }

    /// Takes in all records of another digest.
    public mutating func add(_ other: EvidenceDigest) { lanes &+= other.lanes }

    /// The digest as 64 hexadecimal digits.
    public var hex: String { ContentHash(lanes: lanes).hex }
}

/// A canonical record as aggregation reads it: people resolved, with its origin and hash.
public struct EvidenceRecord: Sendable {
    /// The record: its account fields hold staff numbers, or the text of an ``UnmatchedAccount``.
    public var record: CanonicalRecord
    /// Where the record came from.
    public var reference: EvidenceReference
    /// The hash of the stored record, before people were resolved.
    public var hash: ContentHash
    /// The run that brought the record as it is now.
    public var run: Int64

    /// A record with its origin.
    public init(record: CanonicalRecord, reference: EvidenceReference, hash: ContentHash, run: Int64) {
        self.record = record
        self.reference = reference
        self.hash = hash
        self.run = run
    }
}

/// Finds records by their key, for lookups.
public protocol RecordLookup: Sendable {
    /// The live record of a type with that key: the one of `connection`, or else the only one; nil where there is none.
    func record(ofType type: String, key: String, preferring connection: String) -> CanonicalRecord?
}

/// An account that identity has not resolved stands in a record as this text, which is no staff number.
public enum UnmatchedAccount {
    private static let mark = "?"

    /// The text that stands for an unresolved account.
    public static func text(connection: String, account: String) -> String { "\(mark)\(connection)/\(account)" }

    /// Whether a subject is an unresolved account.
    public static func isMeant(by subject: String) -> Bool { subject.hasPrefix(mark) }
}

/// An account that a person has declared nobody's, such as a robot's, stands in a record as this text, which is no staff
/// number.
public enum IgnoredAccount {
    private static let mark = "-"

    /// The text that stands for an account that is nobody's.
    public static func text(connection: String, account: String) -> String { "\(mark)\(connection)/\(account)" }

    /// Whether a subject is an account that is nobody's.
    public static func isMeant(by subject: String) -> Bool { subject.hasPrefix(mark) }
}
