import Expressions
import Indicators
import PlumblineKit
import Testing
import YAMLDocument

/// Mapping records by the batch gives what mapping each of them alone gives.
@Suite struct BatchMappingTests {
    private static let types = """
        thing:
          fields:
            id: string
            owner: employee_ref?
            other: employee_ref?
            at: datetime?
            day: date?
            count: int?
            amount: decimal?
            state: enum(open,done)?
            ok: bool?
            note: string?
            tags: list<string>
            region: string?
            line: string?
            size: int?
        """

    private static let map = """
        id: string(source.id)
        owner: account(source.owner)
        other: "has(source.other) ? account(source.other, {'email': source.mail}) : null"
        at: source.at
        day: source.day
        count: source.count
        amount: source.amount
        state: source.state
        ok: source.ok
        note: source.note
        tags: source.tags
        region: source.custom.region
        line: source.custom.product.line
        size: source.custom.product.size
        """

    private static func mapping(where condition: String? = nil, map: String = map) throws -> Mapping {
        let log = ProblemLog()
        let entries = try #require(YAMLNode.parse(types, file: "types").entries)
        let type = try #require(RecordTypeReader(log: log).recordTypes(entries).first)
        let zone = try #require(Zone(identifier: "Asia/Shanghai"))
        let node = try YAMLNode.parse(map, file: "map")
        let mapping = Mapping(
            try #require(node.entries),
            condition: try condition.flatMap { ExpressionText(try YAMLNode.parse($0, file: "where")) }, onto: type,
            at: node.place, environment: Mapping.environment(calendar: try TestCatalogue.calendar(), zone: zone),
            zone: zone, log: log)
        return try #require(mapping, "\(log.problems)")
    }

    /// What each field may hold: usual things, empty ones, and such as do not fit.
    private static let choices: [String: [JSON?]] = [
        "id": ["T-1", "007", .number("7"), .number("-0"), .number("1.50"), "", .null, nil, true],
        "owner": ["zhang.wei", .number("42"), "", .null, nil, false, .number("1.5")],
        "other": ["李娜", .null, nil],
        "mail": ["li@example.com", .null, ""],
        "at": ["2026-07-01T09:00:00+08:00", "2026-07-01T01:00:00.25Z", "2026-07-01", "", .null, nil, .number("5")],
        "day": ["2026-07-01", "2026-06-30T20:00:00Z", "1.7.2026", .null, nil],
        "count": [.number("12"), "12", "0012", "+3", "-4", .number("-4"), .number("1e2"), .number("2.0"), .null, nil],
        "amount": [.number("12.50"), .number("3"), "0.1", "1e400", "x", .null, true],
        "state": ["open", "done", "gone", "", .null, .number("1")],
        "ok": [true, false, "true", "yes", .null, .number("1")],
        "note": ["a", "", .number("9"), .number("9.10"), ["a"], .null, nil, "多行\n文字"],
        "tags": [
            ["a", "b"], [], .null, "a", [.number("1")], [""], ["", "多行", "x,y]["], ["a\"b"], ["\\", "\n"], [["a"]],
            ["a", .null],
        ],
        "custom": [
            ["region": "east", "product": ["line": "硬件", "size": .number("3")]], .null, nil, "text", [],
            ["other": ["region": "x", "product": [1, ["line"]]], "product": ["size": "7", "line": "a\"b\\ü"]],
            ["region": .null, "product": .null], ["region": ["a"], "product": ["line": true, "size": .number("1.5")]],
            ["a\"region": 1, "region": "", "product": ["line": .number("12")]],
        ],
    ]

    private static func record(_ random: inout some RandomNumberGenerator) -> JSON {
        var object = JSONObject()
        for (field, values) in choices.sorted(by: { $0.key < $1.key }) {
            if let value = values.randomElement(using: &random), let value { object[field] = value }
        }
        return .object(object)
    }

    private static func batch(_ records: [JSON], fields: [String]) -> SourceBatch {
        var batch = SourceBatch(fields: fields)
        for (number, record) in records.enumerated() {
            for field in fields {
                let json: JSON? = field == SourceBatch.wholeRecord ? record : record[field]
                batch.append(json)
            }
            batch.rows.append(.init(line: number + 1, end: 0))
        }
        return batch
    }

    private func check(_ mapping: Mapping, _ records: [JSON]) throws {
        let fields = mapping.sourceFields ?? [SourceBatch.wholeRecord]
        let output = BatchMapping(mapping, fields: fields).map(Self.batch(records, fields: fields))
        var accounts: Set<AccountMention> = []
        for (row, record) in records.enumerated() {
            switch mapping.map(Value(record)) {
            case .mapped(let alone, let mentioned):
                let place = output.rows.firstIndex(of: row)
                #expect(place.map { output.records.record($0).values } == alone.values, "\(record)")
                accounts.formUnion(mentioned)
            case .leftOut: #expect(output.leftOut.contains(row), "\(record)")
            case .failed(let failure): #expect(output.failed.first { $0.row == row }?.failure == failure, "\(record)")
            }
        }
        #expect(output.accounts.isSuperset(of: accounts))
        #expect(output.rows.count + output.leftOut.count + output.failed.count == records.count)
    }

    @Test func `random records map as they map alone`() throws {
        var random = SystemRandomNumberGenerator()
        let records = (0..<3000).map { _ in Self.record(&random) }
        try check(Self.mapping(), records)
        try check(Self.mapping(where: "\"source.state != 'gone'\""), records)
    }

    @Test func `usual records map too, or the test above would prove nothing`() throws {
        let records: [JSON] = [
            [
                "id": "T-1", "owner": "zhang.wei", "other": "李娜", "mail": "li@example.com",
                "at": "2026-07-01T09:00:00+08:00", "day": "2026-07-01", "count": .number("12"),
                "amount": .number("12.50"), "state": "open", "ok": true, "note": "a", "tags": ["a", "b"],
                "custom": ["region": "east", "product": ["line": "硬件", "size": .number("3")]],
            ]
        ]
        let mapping = try Self.mapping()
        let output = BatchMapping(mapping, fields: mapping.sourceFields ?? []).map(
            Self.batch(records, fields: mapping.sourceFields ?? []))
        #expect(output.records.count == 1 && output.accounts.count == 2)
        try check(mapping, records)
    }

    @Test func `a mapping that reads the record as a whole gets it whole`() throws {
        let map = Self.map.replacing("note: source.note", with: "note: string(size(source))")
        let mapping = try Self.mapping(map: map)
        #expect(mapping.sourceFields == nil)
        var random = SystemRandomNumberGenerator()
        try check(mapping, (0..<200).map { _ in Self.record(&random) })
    }

    @Test func `the fields that are read are those that the expressions name`() throws {
        let mapping = try Self.mapping(where: "\"source.kind == 'a' || source['sort'] == 1\"")
        let known = [
            "amount", "at", "count", "custom", "day", "id", "kind", "mail", "note", "ok", "other", "owner", "sort",
        ]
        #expect(mapping.sourceFields == known + ["state", "tags"])
    }
}

extension SourceBatch {
    /// Appends the cell that a reader would make of a JSON value.
    fileprivate mutating func append(_ json: JSON?) {
        func put(_ kind: Kind, _ text: String) {
            cells.append(Cell(kind, start: bytes.count, count: text.utf8.count))
            bytes += text.utf8
        }
        switch json {
        case nil: cells.append(Cell(.missing))
        case .null?: cells.append(Cell(.null))
        case .bool(let flag)?: cells.append(Cell(flag ? .yes : .no))
        case .number(let text)?: put(.number, text)
        case .string(let text)?: put(.text, text)
        case .array?, .object?: put(.json, json?.text ?? "")
        }
    }
}
