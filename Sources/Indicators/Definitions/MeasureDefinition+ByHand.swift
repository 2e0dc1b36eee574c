internal import YAMLDocument

extension MeasureDefinition {
    /// The measure with what goes without saying of an indicator that is filled by hand; any other as it is.
    ///
    /// Such an indicator reads the values reported for its own id, each in the periods that hold the whole of its own. For
    /// a subject and period one value counts. The units are those on the last day of the reported period.
    func filledByHand(_ map: MapReader) -> MeasureDefinition {
        guard record == ReportedValues.recordType, let id = map.text("id") else { return self }
        var measure = self
        let implied = { (text: String) in ExpressionText(implied: text, at: map.node) }
        let own =
            "record.indicator_id == '\(id)' && periodStart(record.period) >= period.start "
            + "&& periodEnd(record.period) <= period.end"
        measure.inPeriod = implied(inPeriod.map { "\(own) && (\($0.text))" } ?? own)
        measure.anchor = anchor ?? implied("addDays(periodEnd(record.period), -1)")
        measure.value = value ?? implied("record.value")
        if map["aggregate"] == nil { measure.aggregate = .last }
        if map["latest_by"] == nil {
            measure.latestBy = ["record.employee_id", "record.org_unit_id", "record.period"].map(implied)
        }
        if map["subject"] == nil, map["subjects"] == nil { measure.subject = Self.subject(map, implied) }
        return measure
    }

    /// Whose values are meant, by the indicator's scope.
    static func subject(_ map: MapReader, _ implied: (String) -> ExpressionText) -> Subject {
        switch map.text("scope") {
        case SubjectKind.company.rawValue: .company
        case SubjectKind.orgUnit.rawValue: .one(implied("record.org_unit_id"))
        default: .one(implied("record.employee_id"))
        }
    }
}
