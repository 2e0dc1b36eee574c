import Expressions
import Indicators
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

@Suite struct MaskedReasonTests {
    typealias Company = TestWorkspace

    @Test(
        arguments: [
            ("heart disease", "'xxxxx xxxxxxx'"), ("待定", "'xx'"), ("13800138000", "'00000000000'"),
            ("138-0013-8000", "'000-0000-0000'"), ("2026-08-32 09:00", "'2026-08-32 09:00'"),
            ("10.07.2026", "'10.07.2026'"), ("2026-07-01T09:00:00+0800", "'2026-07-01T09:00:00+0800'"),
        ])
    func `a reason hides what the record says and keeps the form of times`(text: String, shown: String) throws {
        let field = RecordField(name: "leave", kind: .enumeration(["a", "b"]))
        let error = #expect(throws: ConversionFailure.self) {
            try FieldConversion(field, zone: .utc).convert(.string(text))
        }
        let reason = try #require(error).reason.en
        #expect(MaskedReason.text(reason) == "'leave' must be one of a, b, not \(shown)")
        #expect(QuotedValue.plain(reason) == "'leave' must be one of a, b, not '\(text)'")
    }

    /// Whatever way a value takes into a reason: as it is, without quotation marks, or made of what the record says.
    @Test(
        arguments: [
            ("kind: source.kind", "kind: source.owners[source.kind]"),
            ("kind: source.kind", "kind: \"{'a': 'b'}[source.kind]\""),
            ("kind: source.kind", "kind: string(int(source.kind.substring(1)))"),
            ("kind: source.kind", "kind: string(int(source.kind.upperAscii()))"),
            ("points: source.points", "points: source.kind + '!'"),
            ("kind: source.kind", "kind: string(parseTime(source.kind, 'yyyy-MM-dd'))"),
            ("kind: source.kind", "kind: \"'x'.matches('[' + source.kind) ? 'a' : 'b'\""),
        ])
    func `no way leads from a record's contents into a reason`(old: String, new: String) async throws {
        let workspace = try Company()
        try workspace.edit("connectors/diary.yaml", old, new)
        try workspace.script([Company.page(Company.deed("1", kind: "geheim-110101199003078888"))])
        let host = try await workspace.host()
        _ = try await host.pull([])
        let reason = try #require(try await host.openRejects().first?.reason)
        #expect(!reason.lowercased().contains("eheim") && !reason.contains("199003"), "\(reason)")
    }

    @Test func `a bare number of many digits is hidden`() async throws {
        let workspace = try Company()
        try workspace.script([["records": [["id": "1", "who": "E01", "at": 110_101_199_003_078_888]]]])
        let host = try await workspace.host()
        _ = try await host.pull([])
        #expect(try await host.openRejects().map(\.reason) == ["'at' wants datetime?, not 000000000000000000"])
    }

    @Test func `what a reason quotes of the mapping stays`() {
        #expect(MaskedReason.text(EvaluationError.noSuchKey("owner").reason.en) == "no such key: owner")
    }
}
