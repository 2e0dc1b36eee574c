internal import Expressions
internal import Indicators
public import PlumblineKit
internal import ReviewStore

extension ExplanationReport {
    /// The whole explanation as JSON. With it alone, anyone can compute the value again.
    ///
    /// Numbers are exact texts such as `75` or `7/3`. An anonymous indicator shows groups that reach their minimum, and
    /// no records.
    public var json: JSON {
        let definition = explanation.definition
        return [
            "indicator": .string(definition.id),
            "name": ["zh": .string(definition.name.zh), "en": .string(definition.name.en)],
            "formula": ["zh": .string(definition.description.zh), "en": .string(definition.description.en)],
            "unit": .string(definition.unit),
            "subject": ["kind": .string(subject.kind.rawValue), "id": .string(subject.id)],
            "period": [
                "id": .string(period.id), "start": .string(period.start(in: zone).rfc3339),
                "end": .string(period.end(in: zone).rfc3339), "zone": .string(zone.identifier),
            ],
            "value": explanation.value?.json(hidden: isHidden) ?? .null,
            "form": form,
            "measures": .array(explanation.measures.map { measure($0) }),
            "anonymous": .bool(definition.anonymous),
            "definition_version": .string(definitionVersion),
            "mapping_versions": .array(
                mappingVersions.sorted { $0.key < $1.key }.filter { usedStreams.contains($0.key) }.map {
                    [
                        "connection": .string($0.key.connection), "stream": .string($0.key.stream),
                        "version": .string($0.value),
                    ]
                }),
            "streams": .array(streams.map(\.json)),
            "expired_runs": .array(expiredRuns.sorted().map { .int(Int($0)) }),
            "holds": .array(holds.map { .int(Int($0.id)) }),
            "published": publishedJSON,
        ]
    }

    /// How the measures make the value.
    private var form: JSON {
        let definition = explanation.definition
        var form: JSONObject = [
            "scale": .string(definition.scale ?? "1"), "scale_digits": .int(definition.scaleDigits),
            "zero_denominator": .string(definition.zeroDenominator.rawValue), "min_sample": .int(definition.minSample),
            "kind": "single",
        ]
        switch definition.form {
        case .single: break
        case .ratio: form["kind"] = "ratio"
        case .finish(let expression):
            form["kind"] = "finish"
            form["finish"] = .string(expression.text)
        }
        form["outer"] = definition.outer.map { .string($0.rawValue) }
        form["group_weights"] = definition.groupWeights.map { .string($0.text) }
        form["max_missing_share"] = definition.maxMissingShare.map { .string($0) }
        if definition.mergesSmallGroups { form["small_groups"] = "merge" }
        form["flags"] = .object(JSONObject(definition.flags.map { ($0.name, .string($0.condition.text)) }))
        return .object(form)
    }

    private var usedStreams: Set<StreamName> {
        Set(
            explanation.measures.flatMap { measure in
                measure.records.map { StreamName(connection: $0.reference.connection, stream: $0.reference.stream) }
            })
    }

    private func measure(_ measure: Explanation.Measure) -> JSON {
        let definition = measure.definition
        var object: JSONObject = [
            "name": .string(definition.name), "record": .string(definition.record),
            "aggregate": .string(definition.aggregate.rawValue), "cel": .object(definition.cel),
            "result": .text(visibleResult(of: measure)?.description),
            "record_count": .int(measure.records.count), "excluded_count": .int(measure.excluded.count),
        ]
        object["percentile"] = definition.percentile.map { .string($0) }
        object["min_group"] = definition.minGroup.map { .int($0) }
        if !definition.minGroupExcept.isEmpty {
            object["min_group_except"] = .array(definition.minGroupExcept.map(JSON.string))
        }
        if !definition.groupBy.isEmpty { object["groups"] = .array(groups(measure)) }
        if !explanation.definition.anonymous {
            object["records"] = .array(measure.records.map { $0.json(entries[$0.reference]) })
            object["excluded"] = .array(measure.excluded.map { $0.json(entries[$0.reference]) })
        }
        return .object(object)
    }

    private func groups(_ measure: Explanation.Measure) -> [JSON] {
        visibleGroups(of: measure).map { group in
            [
                "key": .string(group.key), "size": .int(group.size), "counts": .bool(group.isShown),
                "result": .text(group.result?.description), "weight": .text(group.weight?.description),
            ]
        }
    }

    private var publishedJSON: JSON {
        guard let published else { return .null }
        return [
            "revision": .int(published.revision), "status": .string(published.content.status.rawValue),
            "exact": .text(isHidden ? nil : published.content.exact?.description),
            "decimal": .text(isHidden ? nil : published.content.decimal),
            "published_at": .string(published.published.rfc3339),
            "cause": .string(published.cause), "definition_version": .string(published.content.definitionVersion),
            "evidence_digest": .text(isHidden ? nil : published.content.evidenceDigest),
            "agrees": agrees.map(JSON.bool) ?? .null, "evidence_deleted_before": .text(expiredBefore?.description),
        ]
    }
}

extension IndicatorValue {
    fileprivate func json(hidden: Bool) -> JSON {
        [
            "status": .string(status.rawValue),
            "exact": .text(hidden ? nil : value?.description),
            "decimal": .text(hidden ? nil : decimal),
            "numerator": .text(hidden ? nil : numerator?.description),
            "denominator": .text(hidden ? nil : denominator?.description),
            "sample_size": .int(sample),
            "coverage": [
                "included": .int(coverage.included), "missing": .int(coverage.missing),
                "excluded": .int(coverage.excluded), "unmatched": .int(coverage.unmatched),
            ],
            "flags": .array(hidden ? [] : flags.map(JSON.string)),
            "evidence_digest": .text(hidden ? nil : digest.hex),
        ]
    }
}

extension MeasureDefinition {
    /// The measure's expressions as they are written.
    fileprivate var cel: JSONObject {
        var object = JSONObject()
        let single: [(String, ExpressionText?)] = [
            ("where", condition), ("counted", counted), ("anchor", anchor), ("in_period", inPeriod), ("value", value),
            ("inner_weight", innerWeight), ("sample_by", sampleBy),
        ]
        for (name, expression) in single { object[name] = expression.map { .string($0.text) } }
        for (name, list) in [("latest_by", latestBy), ("distinct_by", distinctBy), ("group_by", groupBy)]
        where !list.isEmpty {
            object[name] = .array(list.map { .string($0.text) })
        }
        switch subject {
        case .one(let expression): object["subject"] = .string(expression.text)
        case .shares(let expression): object["subjects"] = .string(expression.text)
        case .company: object["subject"] = "company"
        }
        return object
    }
}

extension Contribution {
    fileprivate func json(_ note: HandNote?) -> JSON {
        var object: JSONObject = [
            "connection": .string(reference.connection), "stream": .string(reference.stream),
            "external_id": .string(reference.externalID), "at": .string(anchor.rfc3339), "hash": .string(hash.hex),
            "run": .int(Int(run)), "counted": .bool(isCounted),
            "value": value.map { .string($0.description) } ?? .null,
        ]
        if share != .one { object["share"] = .string(share.description) }
        if !group.isEmpty { object["group"] = .string(group) }
        object["weight"] = weight.map { .string($0.description) }
        object["group_weight"] = groupWeight.map { .string($0.description) }
        object["sample"] = sampleKey.map { .string($0) }
        object["distinct"] = distinctKey.map { .string($0) }
        for (key, value) in note?.members ?? [] { object[key] = value }
        return .object(object)
    }
}

extension Explanation.Excluded {
    fileprivate func json(_ note: HandNote?) -> JSON {
        var object: JSONObject = [
            "connection": .string(reference.connection), "stream": .string(reference.stream),
            "external_id": .string(reference.externalID), "hash": .string(hash.hex), "run": .int(Int(run)),
            "reason": .string(exclusion.kind.rawValue), "detail": .string(exclusion.reason),
        ]
        // 'reason' says here why the record is left out.
        object["author"] = note.map { .string($0.author) }
        return .object(object)
    }
}

extension StreamCompleteness {
    fileprivate var json: JSON {
        [
            "connection": .string(stream.connection), "stream": .string(stream.stream), "records": .int(live),
            "source_count": sourceCount.map { .int($0) } ?? .null, "deletes": .string(deletions),
            "last_run": lastRun.map { .int(Int($0.id)) } ?? .null, "open_rejects": .int(openRejects),
        ]
    }
}
