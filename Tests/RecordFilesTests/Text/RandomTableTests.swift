import PlumblineKit
import RecordFiles
import Testing

/// What is written is read back, however the bytes are cut.
@Suite struct RandomTableTests {
    private static let letters = ["a", "7", ",", ";", "\"", "\n", "\r\n", "准", "😀", " ", "\t", "|", "=", "\u{A0}", "é"]

    private func cell(_ random: inout Random) -> String {
        (0..<random.below(12)).map { _ in Self.letters[random.below(Self.letters.count)] }.joined()
    }

    private func quoted(_ cell: String, _ random: inout Random) -> String {
        let isPlain =
            !cell.contains { ",;\t|\"\n\r".contains($0) } && !cell.unicodeScalars.contains { $0 == "\r" || $0 == "\n" }
        if isPlain, random.below(3) > 0 { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    @Test(arguments: 0..<60)
    func `a table`(seed: Int) {
        var random = Random(UInt64(seed))
        let width = 2 + random.below(5)
        let delimiter = [",", ";", "\t", "|"][random.below(4)]
        let end = ["\n", "\r\n", "\r"][random.below(3)]
        let names = (0..<width).map { "c\($0)" }
        let rows = (0..<random.below(30)).map { _ in (0..<width).map { _ in cell(&random) } }
        var text = names.joined(separator: delimiter) + end
        for row in rows { text += row.map { quoted($0, &random) }.joined(separator: delimiter) + end }
        let wanted = rows.filter { row in row.contains { !$0.isEmpty } }.map { row in row.map { $0.isEmpty ? nil : $0 }
        }
        for size in [1, 2, 3, 5, 64, text.utf8.count] {
            let reading = TextReading.csv(Array(text.utf8), names, delimiter: delimiter, by: size)
            #expect(reading.rows == wanted && reading.rejected.isEmpty && reading.fault == nil)
            #expect(reading.places.last?.end ?? text.utf8.count <= text.utf8.count)
        }
    }

    private func value(_ random: inout Random, depth: Int) -> JSON {
        switch random.below(depth > 0 ? 7 : 5) {
        case 0: .null
        case 1: .bool(random.below(2) == 0)
        case 2: .number("\(random.below(1000)).\(random.below(100))")
        case 3: .int(random.below(100) - 50)
        case 4: .string(cell(&random) + "\u{1}\\")
        case 5: .array((0..<random.below(4)).map { _ in value(&random, depth: depth - 1) })
        default: .object(JSONObject((0..<random.below(4)).map { ("k\($0)", value(&random, depth: depth - 1)) }))
        }
    }

    private func text(_ value: JSON?) -> String? {
        switch value {
        case nil: "<missing>"
        case .null: nil
        case .bool(let value): value ? "true" : "false"
        case .number(let text), .string(let text): text
        case .some(let nested): nested.text
        }
    }

    @Test(arguments: 0..<60)
    func `objects in lines and in a list`(seed: Int) {
        var random = Random(UInt64(seed) + 1000)
        let names = ["k0", "k2", "k5"]
        let objects = (0..<random.below(20)).map { _ in
            JSON.object(JSONObject((0..<random.below(7)).map { ("k\($0)", value(&random, depth: 3)) }))
        }
        let wanted = objects.map { object in names.map { text(object[$0]) } }
        let lines = objects.map { $0.text + "\n" }.joined()
        let list = "{\"all\": [" + objects.map(\.text).joined(separator: " ,\n") + "]}"
        for size in [1, 3, 64, 100_000] {
            let read = TextReading(
                JSONLinesParser.self, FileForm(format: .jsonLines), Array(lines.utf8), .fields(names), by: size)
            #expect(read.rows == wanted && read.rejected.isEmpty)
            let listed = TextReading(
                JSONListParser.self, FileForm(format: .json(key: "all")), Array(list.utf8), .fields(names), by: size)
            #expect(listed.rows == wanted && listed.rejected.isEmpty && listed.fault == nil)
        }
    }
}
