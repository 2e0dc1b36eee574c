internal import Expressions
internal import Indicators
internal import OpenSSLCrypto

/// How records of a type are stored and hashed.
struct RecordLayout: Sendable {
    let type: RecordType
    let codecs: [FieldCodec]
    /// What is to be known of each column for every record.
    let columns: [Column]
    /// The columns in the order of the hash, each with its field's name between zeros in ``hashedNames``. It is the order
    /// of the names: moving a field in a definition changes no hash, and neither does a new field that is empty.
    fileprivate let hashOrder: [(slot: Int, name: Range<Int>)]
    fileprivate let hashedNames: [UInt8]

    struct Column: Sendable {
        let form: Form
        let isOptional: Bool
        /// Whether a list without elements stands for nothing.
        let isPlainList: Bool

        /// How the field's values lie in a batch, where they are stored just so.
        enum Form: Sendable {
            case text, texts, integer, instant, flag
            /// They are stored in another form.
            case other
        }
    }

    init(type: RecordType, zone: Zone) {
        self.type = type
        codecs = type.fields.map { FieldCodec(field: $0, zone: zone) }
        columns = type.fields.map { Column($0) }
        var (names, order): ([UInt8], [(slot: Int, name: Range<Int>)]) = ([], [])
        let fields = type.fields.enumerated().map { (slot: $0.offset, name: [0] + $0.element.name.utf8 + [0]) }
        for (slot, name) in fields.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            order.append((slot, names.count..<names.count + name.count))
            names += name
        }
        (hashOrder, hashedNames) = (order, names)
    }

    /// The record of stored fields.
    func decode(_ fields: [StoredField]) throws(StoreError) -> CanonicalRecord {
        var values: [Value] = []
        values.reserveCapacity(codecs.count)
        for (codec, field) in zip(codecs, fields) { try values.append(codec.decode(field)) }
        return CanonicalRecord(type: type, values: values)
    }
}

extension RecordLayout.Column {
    fileprivate init(_ field: RecordField) {
        isOptional = field.isOptional
        isPlainList = field.isList && !field.isOptional
        form = Form(field.kind, isList: field.isList)
    }
}

extension RecordLayout.Column.Form {
    fileprivate init(_ kind: FieldKind, isList: Bool) {
        switch kind {
        case .string, .employeeRef, .orgUnitRef, .enumeration: self = isList ? .texts : .text
        case _ where isList: self = .other
        case .int: self = .integer
        case .datetime: self = .instant
        case .bool: self = .flag
        case .decimal, .money, .date, .interval, .ownerInterval: self = .other
        }
    }
}

/// Hashes records of one type, with one buffer for all of them.
struct ContentHasher: ~Copyable {
    private let layout: RecordLayout
    private let name: [UInt8]
    private var hasher = SHA256()
    private var message = Message()

    init(layout: RecordLayout) {
        self.layout = layout
        name = Array(layout.type.name.utf8)
    }

    /// SHA-256 over the type's name and each field that is not empty: its name, and its stored form with its length.
    mutating func hash(
        _ cells: UnsafeBufferPointer<EncodedRecords.Cell>, _ texts: EncodedTexts, appendingTo hashes: inout [UInt8]
    ) {
        message.removeAll()
        name.withUnsafeBytes { message.append($0) }
        layout.hashedNames.withUnsafeBytes { names in
            for (slot, name) in layout.hashOrder {
                let content = texts.content(cells[slot])
                if isEmpty(content, slot) { continue }
                message.append(UnsafeRawBufferPointer(rebasing: names[name]))
                message.append(content)
            }
        }
        hasher.update(message.bytes)
        hasher.finish(appendingTo: &hashes)
    }

    @inline(__always)
    private func isEmpty(_ content: EncodedTexts.Content, _ slot: Int) -> Bool {
        switch content {
        case .null: true
        case .integer: false
        case .text(let text): layout.columns[slot].isPlainList && text.elementsEqual("[]".utf8)
        }
    }
}

/// What is hashed, written piece by piece into memory that is kept for the next record.
private struct Message: ~Copyable {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private var count = 0

    deinit { memory.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(_ piece: UnsafeRawBufferPointer) {
        guard let source = piece.baseAddress else { return }
        if memory.count - count < piece.count { grow(by: piece.count) }
        memory.baseAddress?.advanced(by: count).copyMemory(from: source, byteCount: piece.count)
        count += piece.count
    }

    @inline(__always)
    mutating func append(_ content: EncodedTexts.Content) {
        switch content {
        case .null: break
        case .integer(let integer): append(integer)
        case .text(let text):
            append(Int64(text.count))
            append(UnsafeRawBufferPointer(text))
        }
    }

    @inline(__always)
    private mutating func append(_ integer: Int64) { withUnsafeBytes(of: integer.bigEndian) { append($0) } }

    private mutating func grow(by more: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (memory.count + more), alignment: 16)
        larger.copyMemory(from: bytes)
        memory.deallocate()
        memory = larger
    }
}

extension [UInt8] {
    /// Appends an integer as 8 bytes, the highest first.
    mutating func append(integer: Int64) {
        Swift.withUnsafeBytes(of: integer.bigEndian) { self += $0 }
    }

    /// Appends a text behind its length, so that no two texts run into one another.
    mutating func append(counted text: String) {
        append(integer: Int64(text.utf8.count))
        self += text.utf8
    }
}
