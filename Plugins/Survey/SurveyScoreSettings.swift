import PlumblineKit

/// Reads what settings say of questions and their scores.
enum SurveyScoreSettings {
    /// The values of a map, each read by itself.
    static func read<Value>(
        _ map: [String: String], _ setting: String, _ wanted: String, _ read: (String) -> Value?
    ) throws(ConnectorError) -> [String: Value] {
        var values: [String: Value] = [:]
        for (key, text) in map.sorted(by: { $0.key < $1.key }) {
            guard let value = read(text) else {
                throw .settings(field: setting, reason: "expected \(wanted) for '\(key)', got '\(text)'")
            }
            values[key] = value
        }
        return values
    }

    /// The scores of texts of options.
    static func texts(_ map: [String: String], _ setting: String) throws(ConnectorError) -> [String: Int] {
        try read(map, setting, "a whole number") { Int($0) }
    }

    /// The ranges of questions.
    static func ranges(_ map: [String: String], _ setting: String) throws(ConnectorError) -> [String: ClosedRange<Int>]
    {
        try read(map, setting, "a range such as 1-5") {
            let ends = $0.split(separator: "-").compactMap { Int($0) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]...ends[1] : nil
        }
    }

    /// The names of questions: the number of a survey, a dot, and what the survey calls the question.
    static func questions(
        _ names: [String], _ setting: String, such example: String, _ isQuestion: (Substring) -> Bool
    ) throws(ConnectorError) -> Set<String> {
        for name in names {
            let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Int(parts[0]) != nil, isQuestion(parts[1]) else {
                throw .settings(
                    field: setting, reason: "expected a survey and a question such as \(example), got '\(name)'")
            }
        }
        return Set(names)
    }
}
