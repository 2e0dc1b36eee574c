internal import Expressions
internal import Gateway
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

extension LivePreviewView {
    /// The members of the JSON, as the command's help lists them.
    static let keys = """
        {unpublished, periods: [id], pending: [record type], withdrawn: [indicator], streams: [{connection, stream, \
        record_type, imported, failure, read, new, changed, unchanged, left_out, gone, kept, new_fields: [field], \
        rejected, newly_rejected: [{external_id, reason, expression, place}]}], indicators: [{indicator, name: {zh, en}, \
        causes: [definition, mapping or new], anonymous, empty_fields: [field], people: {differing, all}, \
        units: {differing, all}, differing, changed, appeared, lost, status_changed, same, \
        distribution: {subjects, period_kind, old, new}, movers: {absolute: [difference], relative: [difference]}, \
        differences: [difference], findings: [difference]}], rows: {tables, rows, changed: [table]}}. A difference is \
        {subject: {kind, id}, period, difference, old, new, movement, relative_movement}; old and new are null or \
        {status, exact, decimal, sample_size}; those of a distribution are null or {count, least, median, mean, greatest}. \
        Numbers of anonymous indicators are null. rows is null with --no-verify. Exit code 1 where a source could not be read.
        """

    var json: JSON {
        [
            "unpublished": .bool(preview.isUnpublished), "periods": .array(preview.periods.map(JSON.string)),
            "pending": .array(preview.pending.map(JSON.string)),
            "withdrawn": .array(preview.withdrawn.map(JSON.string)), "streams": .array(preview.streams.map(json)),
            "indicators": .array(preview.indicators.map(json)),
            "rows": preview.rows.map { rows in
                [
                    "tables": .int(rows.tables), "rows": .int(rows.rows),
                    "changed": .array(rows.changed.map(JSON.string)),
                ]
            } ?? .null,
        ]
    }

    private func json(_ stream: RereadStream) -> JSON {
        let reading = stream.reading
        return [
            "connection": .string(stream.connection), "stream": .string(reading.stream),
            "record_type": .string(reading.recordType), "imported": .bool(stream.isImported),
            "failure": .text(stream.failure), "read": .int(reading.read), "new": .int(reading.new),
            "changed": .int(reading.changed), "unchanged": .int(reading.unchanged),
            "left_out": .int(reading.leftOut), "gone": .int(reading.gone), "kept": .int(stream.kept),
            "new_fields": .array(stream.newFields.map(JSON.string)), "rejected": .int(reading.rejects.count),
            "newly_rejected": .array(
                stream.newlyRejected.map { reject in
                    [
                        "external_id": .text(reject.externalID), "reason": .string(reject.reason),
                        "expression": .text(reject.expression), "place": .text(reject.place),
                    ]
                }),
        ]
    }

    private func json(_ comparison: IndicatorComparison) -> JSON {
        let definition = comparison.definition
        let (people, units) = (comparison.subjects(.employee), comparison.subjects(.orgUnit))
        let difference = { (change: PreviewReport.Change) in json(change, isHidden: definition.anonymous) }
        let movers = { (relative: Bool) -> JSON in
            .array(definition.anonymous ? [] : comparison.topMovers(top, relative: relative).map(difference))
        }
        return [
            "indicator": .string(definition.id),
            "name": ["zh": .string(definition.name.zh), "en": .string(definition.name.en)],
            "causes": .array(comparison.causes.map(\.rawValue).sorted().map(JSON.string)),
            "anonymous": .bool(definition.anonymous),
            "empty_fields": .array(comparison.emptyFields.map(JSON.string)),
            "people": ["differing": .int(people.differing), "all": .int(people.all)],
            "units": ["differing": .int(units.differing), "all": .int(units.all)],
            "differing": .int(comparison.differing.count),
            "changed": .int(comparison.differing(.changed).count),
            "appeared": .int(comparison.differing(.appeared).count),
            "lost": .int(comparison.differing(.lost).count),
            "status_changed": .int(comparison.differing(.status).count), "same": .int(comparison.unchanged),
            "distribution": definition.anonymous
                ? .null : comparison.distributions.map { $0.json(digits: definition.scaleDigits) } ?? .null,
            "movers": ["absolute": movers(false), "relative": movers(true)],
            "differences": .array(comparison.differing.map(difference)),
            "findings": .array(comparison.findings.map(difference)),
        ]
    }

    private func json(_ change: PreviewReport.Change, isHidden: Bool) -> JSON {
        [
            "subject": change.key.subject.json, "period": .string(change.key.period),
            "difference": .text(change.difference?.rawValue), "old": json(change.old, isHidden: isHidden),
            "new": json(change.new, isHidden: isHidden),
            "movement": .text(isHidden ? nil : change.movement?.description),
            "relative_movement": .text(isHidden ? nil : change.relativeMovement?.description),
        ]
    }

    private func json(_ value: ComputedValue?, isHidden: Bool) -> JSON {
        value.map { value in
            [
                "status": .string(value.status.rawValue),
                "exact": .text(isHidden ? nil : value.exact?.description),
                "decimal": .text(isHidden ? nil : value.decimal), "sample_size": .int(value.sampleSize),
            ]
        } ?? .null
    }
}

extension IndicatorComparison.Distributions {
    fileprivate func json(digits: Int) -> JSON {
        [
            "subjects": .string(subjects.rawValue), "period_kind": .string(periods.rawValue),
            "old": old.map { $0.json(digits: digits) } ?? .null, "new": new.map { $0.json(digits: digits) } ?? .null,
        ]
    }
}

extension IndicatorComparison.Distribution {
    fileprivate func json(digits: Int) -> JSON {
        [
            "count": .int(count), "least": .string(least.rounded(toDigits: digits)),
            "median": .string(median.rounded(toDigits: digits)), "mean": .string(mean.rounded(toDigits: digits)),
            "greatest": .string(greatest.rounded(toDigits: digits)),
        ]
    }
}
