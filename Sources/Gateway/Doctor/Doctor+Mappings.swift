internal import Indicators
internal import PlumblineKit

extension Doctor {
    /// Fields that indicators read of record types that come from connections, and that no stream fills: what these
    /// indicators show is known in part at best.
    func mappings(_ workspace: Workspace) -> [Diagnosis] {
        let gaps = workspace.mappingGaps
        guard let first = gaps.first else {
            return [.ok(.mappings, zh: "指标要读的字段都有映射", en: "every field that indicators read is mapped")]
        }
        let fields = first.fields.prefix(3).joined(separator: ", ") + (first.fields.count > 3 ? ", ..." : "")
        let more = gaps.count - 1
        return [
            .warning(
                .mappings,
                zh: "\(first.type) 没有映射 \(fields)（\(first.indicators) 个指标要读）" + (more > 0 ? "，另有 \(more) 种记录" : ""),
                en:
                    "nothing fills \(first.type)'s \(fields) (read by \(first.indicators == 1 ? "one indicator" : "\(first.indicators) indicators"))"
                    + (more > 0 ? ", and \(more) more types" : ""),
                advice: LocalizedText(zh: "在 connectors/ 里补上映射", en: "map them in connectors/"))
        ]
    }
}

/// What indicators read of a record type and no stream fills.
struct MappingGap: Equatable {
    let type: String
    let fields: [String]
    /// How many indicators read one of the fields.
    let indicators: Int
}

extension Workspace {
    /// The gaps of the record types that connections bring, the widest first.
    var mappingGaps: [MappingGap] {
        let streams = Dictionary(grouping: connections.flatMap(\.streams), by: \.mapping.type.name)
        let gaps = streams.compactMap { type, streams -> MappingGap? in
            let empty = streams.map(\.mapping.unmappedFields)
            let never = empty.dropFirst().reduce(empty.first ?? []) { $0.intersection($1) }
            let missing = indicators.map { ($0.fieldsRead(of: type) ?? []).intersection(never) }
            let fields = missing.reduce(into: Set<String>()) { $0.formUnion($1) }.sorted()
            let count = missing.count { !$0.isEmpty }
            return fields.isEmpty ? nil : MappingGap(type: type, fields: fields, indicators: count)
        }
        return gaps.sorted { ($1.indicators, $0.type) < ($0.indicators, $1.type) }
    }
}

extension CompiledIndicator {
    /// The fields of a record type that it reads; nil where it reads records as a whole, or none of that type.
    fileprivate func fieldsRead(of type: String) -> Set<String>? {
        guard let fields = readFields[type] else { return nil }
        return fields
    }
}
