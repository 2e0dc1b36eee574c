internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

extension WorkspaceHost {
    /// What a person should know of values by hand that count twice: those of a period, and of periods inside it, where
    /// `run` brought one of them.
    func overlappingPeriods(of run: RunID) async throws(HostError) -> [LocalizedText] {
        var periods: [Reported: Set<Period>] = [:]
        var brought: [Reported: Set<Period>] = [:]
        try await readEvidence(ReportedValues.recordType) { evidence in
            let reported = Reported(evidence.record)
            guard let period = Period(id: evidence.record["period"].shownText) else { return }
            periods[reported, default: []].insert(period)
            if evidence.run == run { brought[reported, default: []].insert(period) }
        }
        return brought.keys.sorted().flatMap { reported -> [LocalizedText] in
            guard workspace.indicator(reported.indicator)?.definition.addsPeriods == true else { return [] }
            let (all, new) = (periods[reported] ?? [], brought[reported] ?? [])
            return all.sorted().compactMap { $0.remark(on: reported, among: all, brought: new) }
        }
    }
}

/// Whose values by hand they are.
private struct Reported: Hashable, Comparable {
    let indicator: String
    let subject: String

    init(_ record: CanonicalRecord) {
        indicator = record["indicator_id"].shownText
        let person = record["employee_id"].shownText
        subject = person.isEmpty ? record["org_unit_id"].shownText : person
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.indicator, left.subject) < (right.indicator, right.subject)
    }
}

extension Period {
    /// What is said of a period that holds others for which there are values too; nil where it holds none, or all of
    /// them were there before.
    fileprivate func remark(on reported: Reported, among periods: Set<Period>, brought: Set<Period>) -> LocalizedText? {
        let inside = periods.filter { $0 != self && firstDay <= $0.firstDay && $0.endDay <= endDay }
        guard !inside.isEmpty, !brought.isDisjoint(with: inside.union([self])) else { return nil }
        let subject = reported.subject.isEmpty ? Subject.company.id : reported.subject
        let others = inside.sorted().map(\.id)
        return LocalizedText(
            zh: "\(subject) 的 \(reported.indicator) 既有 \(id) 的值，又有 \(others.joined(separator: "、")) 的值：都计入 \(id)",
            en: "\(reported.indicator) of \(subject) has values for \(id) and for "
                + "\(others.joined(separator: ", ")): all of them count in \(id)")
    }
}

extension IndicatorDefinition {
    /// Whether a value for a quarter counts beside those for its months.
    fileprivate var addsPeriods: Bool {
        isFilledByHand && !measures.allSatisfy { [.last, .min, .max].contains($0.aggregate) }
    }
}

extension Value {
    fileprivate var shownText: String { if case .string(let text) = self { text } else { "" } }
}
