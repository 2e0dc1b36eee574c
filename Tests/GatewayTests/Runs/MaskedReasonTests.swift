import PlumblineKit
import Testing

@testable import Gateway

@Suite struct MaskedReasonTests {
    @Test(
        arguments: [
            ("heart disease", "'leave' must be one of a, b, not 'xxxxx xxxxxxx'"),
            ("待定", "'leave' must be one of a, b, not 'xx'"),
            ("13800138000", "'leave' must be one of a, b, not '00000000000'"),
            ("2026-08-32 09:00", "'leave' must be one of a, b, not '2026-08-32 09:00'"),
        ])
    func `a reason hides what the record says and keeps the form of times`(_ text: String, _ wanted: String) {
        let record: JSON = ["id": "7", "nested": ["leave": .string(text)]]
        #expect(MaskedReason.text("'leave' must be one of a, b, not '\(text)'", about: record) == wanted)
    }

    @Test func `what a reason quotes of the mapping stays`() {
        #expect(MaskedReason.text("no such key: 'owner'", about: ["name": "x"]) == "no such key: 'owner'")
    }
}
