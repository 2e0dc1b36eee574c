import PlumblineKit

/// Tells JSON Lines from a JSON list, and what the objects hold.
enum JSONRecognition {
    /// So many records tell what the objects hold.
    private static let most = 200

    /// What a text is that begins like JSON; nil where it is none.
    static func recognise(_ text: [UInt8], isWhole: Bool) -> RecognisedFile? {
        let first = text.first { $0 > .space }
        if first == UInt8(ascii: "[") {
            return file(.json(key: nil), records(JSONListParser.self, .json(key: nil), text, isWhole: isWhole))
        }
        let lines = records(JSONLinesParser.self, .jsonLines, text, isWhole: isWhole)
        if let key = listKey(text), lines.isEmpty || lines.count == 1 && isWhole {
            return file(.json(key: key), records(JSONListParser.self, .json(key: key), text, isWhole: isWhole))
        }
        return lines.isEmpty ? nil : file(.jsonLines, lines)
    }

    /// The first records, by a parser that is told of no end where the text is cut.
    private static func records<Parser: TextParser>(
        _ type: Parser.Type, _ format: FileForm.Format, _ text: [UInt8], isWhole: Bool
    ) -> [JSONObject] {
        var batch = SourceBatch(fields: FieldSelection.whole.names)
        do throws(FileFault) {
            var parser = try Parser(FileForm(format: format), .whole, limits: FileLimits())
            text.withUnsafeBytes { parser.feed($0) }
            if isWhole { parser.close() }
            _ = try parser.parse(most, into: &batch)
        } catch {
            // What came before the fault tells enough.
        }
        return (0..<batch.count).compactMap { row in
            let cell = batch.cell(0, of: row)
            return (try? JSON.parse(batch.bytes[Int(cell.start)..<Int(cell.start + cell.count)]))?.object
        }
    }

    private static func file(_ format: FileForm.Format, _ records: [JSONObject]) -> RecognisedFile {
        var names: [String] = []
        var values: [String: [JSON]] = [:]
        for record in records {
            for member in record.members {
                if values[member.key] == nil { names.append(member.key) }
                values[member.key, default: []].append(member.value)
            }
        }
        let columns = names.map { column($0, values[$0] ?? []) }
        return RecognisedFile(
            form: FileForm(format: format), columns: columns.map(\.column),
            remarks: records.isEmpty ? [Self.empty] : [],
            questions: columns.compactMap(\.question))
    }

    private static let empty = LocalizedText(
        zh: "文件开头没有找到记录", en: "no record was found at the start of the file")

    private static func column(_ name: String, _ values: [JSON]) -> (column: RecognisedColumn, question: FileQuestion?)
    {
        let values = values.filter { !$0.isNull }
        if values.contains(where: { $0.array != nil || $0.object != nil }) {
            let samples = values.prefix(3).map { String($0.text.prefix(40)) }
            return (RecognisedColumn(name: name, type: .nested, samples: samples), nil)
        }
        return ValueGuess(values.map { $0.scalarText ?? $0.text }.filter { !$0.isEmpty }).column(name)
    }

    /// The first key of the top object under which a list of objects stands.
    private static func listKey(_ text: [UInt8]) -> String? {
        guard let open = text.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        return text.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var place = open + 1
            while let key = skipped(base, &place, bytes.count), base[key.lowerBound] == .quote {
                place = behind(base, place, bytes.count, UInt8(ascii: ":"))
                let list = behind(base, place, bytes.count, UInt8(ascii: "["))
                if list > place, list < bytes.count, base[list] == UInt8(ascii: "{") {
                    return String(decoding: bytes[(key.lowerBound + 1)..<(key.upperBound - 1)], as: UTF8.self)
                }
                guard skipped(base, &place, bytes.count) != nil else { return nil }
                place = behind(base, place, bytes.count, UInt8(ascii: ","))
            }
            return nil
        }
    }

    /// The extent of the value at a place, which goes behind it.
    private static func skipped(_ base: UnsafePointer<UInt8>, _ place: inout Int, _ end: Int) -> Range<Int>? {
        while place < end, JSONScanner.isSpace(base[place]) { place += 1 }
        var skipper = JSONSkipper()
        let start = place
        guard let behind = skipper.skip(base, from: start, to: end) else { return nil }
        place = behind
        return start..<behind
    }

    /// Behind a sign and the white space around it; the same place where another stands there.
    private static func behind(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ sign: UInt8) -> Int {
        var place = start
        while place < end, JSONScanner.isSpace(base[place]) { place += 1 }
        guard place < end, base[place] == sign else { return start }
        place += 1
        while place < end, JSONScanner.isSpace(base[place]) { place += 1 }
        return place
    }
}
