import PlumblineKit

/// A JSON object in each line; empty lines are skipped.
struct JSONLinesFormat: RecordFormat {
    func layout(from lines: inout LineReader) async throws(ConnectorError) -> (layout: Void, lines: [Line]) {
        ((), [])
    }

    func next(from lines: inout LineReader, _ layout: Void) async throws(ConnectorError) -> RawRecord? {
        var skipped: [Line] = []
        while let line = try await lines.next() {
            let content = line.content
            if content.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                skipped.append(line)
            } else {
                return RawRecord(lines: skipped + [line], content: read(content, line: line.number))
            }
        }
        return nil
    }

    private func read(_ content: ArraySlice<UInt8>, line: Int) -> Result<JSON, JSONShapeError> {
        do throws(JSONSyntaxError) {
            let json = try JSON.parse(content)
            guard json.object != nil else {
                return .failure(JSONShapeError(reason: "line \(line): expected an object, got \(json.kind)"))
            }
            return .success(json)
        } catch {
            return .failure(JSONShapeError(reason: "line \(line), column \(error.column): \(error.message)"))
        }
    }
}
