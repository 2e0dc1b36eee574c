import Expressions
import OpenSSLCrypto
import Testing

@testable import Indicators
@testable import ReviewStore

@Suite struct StorageTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", "-12", "\"\"", #"["a","b"]"#,
        #"[{"from":1,"to":null},{"owner":"\"\\\n\u0001","from":-2}]"#,
    ])
    func `stored JSON reads back as the same text`(text: String) throws {
        #expect(try #require(StoredJSON(text)).text == text)
    }

    @Test(arguments: ["", "nul", "[1,]", "{\"a\"}", "\"a", "[1] ", "1.5", "--", "\"\\u0\""])
    func `what the store did not write is refused`(text: String) {
        #expect(StoredJSON(text) == nil)
    }

    @Test func `the hash is the published one for a known record`() throws {
        let layout = RecordLayout(type: .sample, zone: .utc)
        // sample 0 count 0 <2> 0 id 0 <length 1> 1 0 name 0 <length 1> a: fields by name, empty ones left out.
        var bytes = Array("sample".utf8)
        bytes += [0] + "count".utf8 + [0, 0, 0, 0, 0, 0, 0, 0, 2]
        bytes += [0] + "id".utf8 + [0, 0, 0, 0, 0, 0, 0, 0, 1] + "1".utf8
        bytes += [0] + "name".utf8 + [0, 0, 0, 0, 0, 0, 0, 0, 1] + "a".utf8
        let encoded = try layout.stored([sample("1", ["name": .string("a"), "count": .int(2)])])
        #expect(encoded.map(\.hash) == [SHA256.digest(of: bytes)])
    }

    @Test func `records are stored in batches as each of them by itself`() throws {
        var random = SeededGenerator(seed: 7)
        for zone in [Zone.utc, try #require(Zone(identifier: "Asia/Shanghai"))] {
            let layout = RecordLayout(type: .sample, zone: zone)
            let records = (0..<2000).map { sample("\($0)", Self.fields(&random)) }
            let stored = try layout.stored(records)
            for (record, stored) in zip(records, stored) {
                let fields = try zip(layout.codecs, record.values).map { try $0.encode($1) }
                #expect(stored.fields == fields, "\(record)")
                #expect(stored.hash == layout.plainHash(fields), "\(record)")
            }
            #expect(stored.count == records.count)
        }
    }

    @Test func `lists of texts are stored as they lie in a batch`() throws {
        let type = RecordType(name: "tagged", fields: [RecordField(name: "tags", kind: .string, isList: true)])
        let layout = RecordLayout(type: type, zone: .utc)
        for (text, list) in [("[]", []), (#"["a"]"#, ["a"]), (#"["","多, x"]"#, ["", "多, x"])] {
            var batch = CanonicalBatch(type: type)
            var bytes = text
            bytes.withUTF8 { batch.append(.texts($0)) }
            batch.finishRecord()
            let fields = try layout.codecs[0].encode(.list(list.map { .string($0) }))
            let stored = try layout.stored(MappedRecords(batch, externalIDs: ["x"]))
            #expect(stored.map(\.fields) == [[fields]])
            #expect(stored.map(\.hash) == [layout.plainHash([fields])])
            #expect(batch.record(0).values == [.list(list.map { .string($0) })])
        }
    }

    @Test func `a batch gives back the records that were put in`() throws {
        var random = SeededGenerator(seed: 8)
        let records = (0..<500).map { sample("\($0)", Self.fields(&random)) }
        var batch = CanonicalBatch(type: .sample)
        for record in records { batch.append(record) }
        for (row, record) in records.enumerated() { #expect(batch.record(row).values == record.values) }
    }

    /// Values of every kind of field, those among them that are stored like others or that no column holds exactly.
    private static func fields(_ random: inout SeededGenerator) -> [String: Value] {
        var fields: [String: Value] = [:]
        for (field, values) in choices.sorted(by: { $0.key < $1.key }) where Bool.random(using: &random) {
            fields[field] = values.randomElement(using: &random)
        }
        return fields
    }

    private static let choices: [String: [Value]] = {
        let moments = [
            Timestamp(seconds: 0), Timestamp(seconds: -1, nanoseconds: 999_999_999), .earliest, .latest,
            Timestamp(seconds: 1_782_864_000, nanoseconds: 250_000_000), Timestamp(seconds: 5, nanoseconds: 1),
        ].map { Value.timestamp($0) }
        let numbers = ["0", "12", "-12.50", "0.1", "123456789012345678901234567890.5"]
            .compactMap { Rational(decimalText: $0) }.map { Value.decimal($0) }
        let third = Rational(1).divided(by: Rational(3)) ?? .zero
        let exact = numbers + [.int(7), .int(.min), .decimal(third)]
        let texts = ["", "a", "李娜", "a\"b\\c\n\u{1}", "\u{0}", String(repeating: "长", count: 3000)]
            .map { Value.string($0) }
        let span = RecordValue(schema: .interval, slots: [moments[0], .null])
        let owned = RecordValue(schema: .ownerInterval, slots: [.string("li@example.com"), moments[4], moments[1]])
        return [
            "name": texts, "owner": [.string("zhang.wei")], "state": [.string("draft"), .string("done")],
            "count": [.int(0), .int(.max), .int(-1)], "rate": exact, "amount": exact,
            "done": [.bool(true), .bool(false)], "due": moments, "created_at": moments,
            "tags": [.list([]), .list(texts), .list([texts[1]])], "moments": [.list([]), .list(moments)],
            "prices": [.list(exact)], "pauses": [.list([.record(span)])], "owners": [.list([.record(owned)])],
        ]
    }()
}

extension RecordLayout {
    /// What is stored of records that go in as one batch.
    fileprivate func stored(_ records: [CanonicalRecord]) throws -> [(fields: [StoredField], hash: [UInt8])] {
        var mapped = MappedRecords(type: type)
        for record in records { mapped.append(MappedRecord(externalID: "x", record: record)) }
        return try stored(mapped)
    }

    fileprivate func stored(_ records: MappedRecords) throws -> [(fields: [StoredField], hash: [UInt8])] {
        var encoder = RecordEncoder(self)
        // Two halves: a page's events take parts of its records.
        let middle = records.count / 2
        var stored: [(fields: [StoredField], hash: [UInt8])] = []
        for rows in [0..<middle, middle..<records.count] {
            try encoder.encode(records, rows: rows).forEachRecord { record in
                let fields = record.cells.map { StoredField(record.texts.content($0)) }
                stored.append((fields, Array(record.hash)))
            }
        }
        return stored
    }

    /// The hash as it was first written down, field by field.
    fileprivate func plainHash(_ fields: [StoredField]) -> [UInt8] {
        var bytes = Array(type.name.utf8)
        let named = zip(type.fields, fields).sorted { $0.0.name < $1.0.name }
        for (field, stored) in named {
            let isPlainList = field.isList && !field.isOptional
            if stored == .null || isPlainList && stored == .text("[]") { continue }
            bytes += [0] + field.name.utf8 + [0]
            switch stored {
            case .null: break
            case .integer(let number): bytes.append(integer: number)
            case .text(let text): bytes.append(counted: text)
            }
        }
        return SHA256.digest(of: bytes)
    }
}

extension StoredField {
    fileprivate init(_ content: EncodedTexts.Content) {
        switch content {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .text(let text): self = .text(String(decoding: text, as: UTF8.self))
        }
    }
}
