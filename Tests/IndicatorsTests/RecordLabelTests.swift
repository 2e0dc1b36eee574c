import Indicators
import Testing
import YAMLDocument

/// What people call the fields and values of the record types.
@Suite struct RecordLabelTests {
    private func catalogue() throws -> Catalogue {
        var catalogue = Catalogue(log: ProblemLog())
        catalogue.add(try ProductCatalogue.documents())
        return catalogue
    }

    /// Every heading that stands for several things in one type, with the two that it stands for.
    private func clashes(_ names: [(thing: String, headings: [String])]) -> [String] {
        var seen: [String: String] = [:]
        return names.flatMap { thing, headings in
            headings.compactMap { heading in
                let other = seen.updateValue(thing, forKey: heading.plainName)
                return other == nil || other == thing ? nil : "\(heading): \(other ?? "") and \(thing)"
            }
        }
    }

    @Test func `every field of every record type of the product has a label in Chinese and English`() throws {
        let catalogue = try catalogue()
        for type in catalogue.recordTypes.values {
            for field in type.fields {
                let text = catalogue.labels.label(ofField: field.name, in: type.name).text
                #expect(catalogue.labels.hasLabel(ofField: field.name, in: type.name), "\(type.name).\(field.name)")
                #expect(text.zh.unicodeScalars.contains { $0.value > 0x2E80 }, "\(type.name).\(field.name): \(text.zh)")
                #expect(text.en.utf8.allSatisfy { $0 < 0x80 }, "\(type.name).\(field.name): \(text.en)")
            }
        }
    }

    @Test func `no heading stands for two fields of a type, and no label for two values of an enumeration`() throws {
        let catalogue = try catalogue()
        for type in catalogue.recordTypes.values {
            let fields = type.fields.map {
                ($0.name, catalogue.labels.label(ofField: $0.name, in: type.name).headings + [$0.name])
            }
            #expect(clashes(fields) == [], "\(type.name)")
            for field in type.fields {
                guard case .enumeration(let codes) = field.kind else { continue }
                let values = codes.map { code in
                    let label = catalogue.labels.label(ofValue: code, in: type.name)
                    return (code, label.headings + label.also + [code])
                }
                #expect(clashes(values) == [], "\(type.name).\(field.name)")
                for (code, _) in values {
                    let text = catalogue.labels.label(ofValue: code, in: type.name).text
                    #expect(text.zh != code, "\(type.name).\(field.name) \(code) has no label")
                }
            }
        }
    }

    @Test func `a company calls things as it likes, and a field without a label by its name`() throws {
        var catalogue = try catalogue()
        catalogue.add([
            try YAMLNode.parse(
                """
                record_types:
                  deed: {fields: {id: string, courage: int}}
                labels:
                  types:
                    ticket: {fields: {assignee_id: {zh: 坐席, en: Clerk}}}
                """, file: "own.yaml")
        ])
        #expect(catalogue.labels.label(ofField: "assignee_id", in: "ticket").headings == ["坐席", "Clerk", "坐席 Clerk"])
        #expect(catalogue.labels.label(ofField: "created_at", in: "ticket").text.zh == "创建时间")
        #expect(catalogue.labels.label(ofField: "courage", in: "deed").headings == ["courage", "courage", "courage"])
    }

    @Test(arguments: [("Created At", "created_at"), ("ＩＤ", "id"), (" 处理 人：", "处理人"), ("#", "#")])
    func `names are the same whatever their case, width, spaces and punctuation`(one: String, other: String) {
        #expect(one.plainName == other.plainName)
    }
}
