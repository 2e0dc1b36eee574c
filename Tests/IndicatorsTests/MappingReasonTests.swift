import Expressions
import Indicators
import PlumblineTesting
import Testing

/// Why a value does not fit a field, in Chinese, whatever the field and the value.
@Suite struct MappingReasonTests {
    static let types = [
        "string", "int", "decimal", "money", "bool", "date", "datetime", "employee_ref", "org_unit_ref",
        "enum(new,open)", "interval", "owner_interval", "list<int>", "list<interval>",
    ]

    private static let values: [Value] = [
        .null, .string(""), .string("geheim"), .int(-7), .bool(true), .list([.string("geheim")]), .list([.null]),
        .map(MapValue([(.string("from"), .string("geheim"))])), .map(MapValue([])), .double(1.5), .string("0000-01-01"),
    ]

    @Test(arguments: types) func `every misfit of every kind of field is told in Chinese`(type: String) throws {
        let field = try #require(RecordField(name: "field", typeText: type))
        let conversion = FieldConversion(field, zone: try #require(Zone(identifier: "Asia/Shanghai")))
        var reasons: [Reason] = []
        for value in Self.values {
            do throws(ConversionFailure) { _ = try conversion.convert(value) } catch { reasons.append(error.reason) }
        }
        #expect(reasons.count > 2)
        for reason in reasons {
            #expect(ChineseText.fault(of: reason.plain.zh) == nil)
            #expect(reason.zh.hasPrefix("“field") && reason.en.hasPrefix("'field"))
            let masked = QuotedValue.replacing(in: reason.zh) { _ in "*" }
            #expect(!masked.contains("geheim"), "what is quoted can be hidden in Chinese as well")
        }
    }

    @Test func `what fits no field is quoted as it is written`() throws {
        let field = try #require(RecordField(name: "points", typeText: "decimal?"))
        let conversion = FieldConversion(field, zone: try #require(Zone(identifier: "Asia/Shanghai")))
        let error = #expect(throws: ConversionFailure.self) { try conversion.convert(.string("很多")) }
        #expect(error?.reason.plain.zh == "“points”应为数字，而不是“很多”")
    }
}
