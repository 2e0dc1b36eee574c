import Expressions
import Foundation
import Indicators
import PlumblineTesting
import Testing
import YAMLDocument

@Suite struct WorkCalendarTests {
    let calendar: WorkCalendar

    init() throws {
        calendar = try TestCatalogue.calendar()
    }

    private func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test func `the lunch break is not counted`() throws {
        let time = calendar.workingTime(
            from: try instant("2026-01-05T11:30:00+08:00"), to: try instant("2026-01-05T13:30:00+08:00"))
        #expect(time == .seconds(3600))
    }

    @Test func `a make-up Sunday is a working day and its Monday too`() throws {
        #expect(calendar.isWorkday(try #require(Day(text: "2026-09-20"))))
        #expect(!calendar.isWorkday(try #require(Day(text: "2026-09-27"))))
    }

    @Test func `working time of two parts is the working time of the whole`() throws {
        let start = try instant("2026-02-10T07:13:00Z")
        for hours in stride(from: 1, through: 800, by: 37) {
            let middle = start + .seconds(hours * 1800)
            let end = start + .seconds(hours * 3600)
            #expect(
                calendar.workingTime(from: start, to: middle) + calendar.workingTime(from: middle, to: end)
                    == calendar.workingTime(from: start, to: end))
        }
    }

    @Test func `adding working time is undone by measuring it`() throws {
        let start = try instant("2026-09-24T17:59:00+08:00")
        for minutes in stride(from: 1, through: 6000, by: 211) {
            let due = try #require(calendar.adding(.seconds(minutes * 60), to: start))
            #expect(calendar.workingTime(from: start, to: due) == .seconds(minutes * 60))
        }
    }

    /// On 2026-03-29 the clocks of Berlin go from 02:00 to 03:00.
    static let hoursAroundGap: [([WorkCalendar.Hours], Int)] = [
        ([9000..<11700], 15), ([0..<9000, 10800..<21600], 300), ([9000..<9900], 0), ([0..<86400], 1380),
        ([7200..<10800], 0),
    ]

    @Test(arguments: hoursAroundGap)
    func `hours that begin or end in a gap of the clock count once, without the gap`(
        hours: [WorkCalendar.Hours], minutes: Int
    ) throws {
        let calendar = WorkCalendar(
            name: "night", zone: try #require(Zone(identifier: "Europe/Berlin")), weekdays: [7],
            hours: hours, offDays: [], makeUpDays: [])
        let (start, end) = (try instant("2026-03-28T12:00:00Z"), try instant("2026-03-30T12:00:00Z"))
        #expect(calendar.workingTime(from: start, to: end) == .seconds(minutes * 60))
    }
}

@Suite(.enabled(if: SharedFolder.isExpected, "the shared folder is absent"))
struct ScoringVectorTests {
    struct Vector: Decodable {
        let id: String
        let method: String
        let params: [String: JSONText]?
        let input: [String: JSONText]
        let expect: [String: JSONText]
    }

    private func vectors(_ method: String) throws -> [Vector] {
        struct File: Decodable { let cases: [Vector] }
        let data = try Data(contentsOf: SharedFolder.file("scoring-vectors.json"))
        let all = try JSONDecoder().decode(File.self, from: data).cases
        return all.filter { $0.method == method }
    }

    private func instant(_ value: JSONText?) throws -> Timestamp {
        try #require(Timestamp(rfc3339: value?.text ?? ""))
    }

    @Test func `business time elapsed agrees with every vector`() throws {
        let calendar = try TestCatalogue.calendar()
        let vectors = try vectors("business_elapsed")
        #expect(vectors.count == 14)
        for vector in vectors {
            let pauses = try vector.input["pauses"]?.list.map { try instant($0.list[0])..<instant($0.list[1]) } ?? []
            let time = calendar.workingTime(
                from: try instant(vector.input["from"]), to: try instant(vector.input["to"]), without: pauses)
            #expect(time == .seconds(Int64(vector.expect["seconds"]?.text ?? "") ?? -1), "\(vector.id)")
        }
    }

    @Test func `business time added agrees with every vector`() throws {
        let calendar = try TestCatalogue.calendar()
        let vectors = try vectors("business_add")
        #expect(vectors.count == 5)
        for vector in vectors {
            let minutes = try #require(Int64(vector.input["minutes"]?.text ?? ""))
            let due = calendar.adding(.seconds(minutes * 60), to: try instant(vector.input["from"]))
            #expect(due == (try instant(vector.expect["due"])), "\(vector.id)")
        }
    }

    @Test func `working days agree with every vector`() throws {
        let calendar = try TestCatalogue.calendar()
        let vectors = try vectors("working_days")
        #expect(vectors.count == 5)
        for vector in vectors {
            let first = try #require(Day(text: vector.input["from"]?.text ?? ""))
            let last = try #require(Day(text: vector.input["to"]?.text ?? ""))
            let days = calendar.workingDays(from: first, through: last)
            #expect("\(days)" == vector.expect["days"]?.text, "\(vector.id)")
        }
    }

    @Test func `every month of the working calendar has the days of the official list`() throws {
        struct File: Decodable {
            let workingDays: [String: Int]
            enum CodingKeys: String, CodingKey { case workingDays = "working_days_2026" }
        }
        let data = try Data(contentsOf: SharedFolder.file("scoring-vectors.json"))
        let calendar = try TestCatalogue.calendar()
        for (month, days) in try JSONDecoder().decode(File.self, from: data).workingDays {
            let period = try #require(Period(id: month))
            #expect(calendar.workingDays(from: period.firstDay, through: period.endDay + -1) == days, "\(month)")
        }
    }

    @Test func `percentiles agree with every vector`() throws {
        let vectors = try vectors("percentile")
        #expect(vectors.count == 5)
        for vector in vectors {
            let share = try #require(vector.params?["q"]?.text)
            let values = try #require(vector.input["values"]?.list.map(\.text))
            let got = try TestCatalogue.value(
                "{record: sample, anchor: record.at, subject: record.who, value: record.amount, "
                    + "aggregate: percentile, percentile: '\(share)', scale_digits: 4}",
                amounts: values.map { ($0, nil) })
            #expect(got.decimal == vector.expect["linear"]?.text, "\(vector.id)")
        }
    }

    @Test func `ratios of sums agree with every vector`() throws {
        let vectors = try vectors("ratio")
        #expect(vectors.count == 4)
        for vector in vectors {
            let pairs = try #require(vector.input["pairs"]?.list.map { ($0.list[0].text, $0.list[1].text) })
            let got = try TestCatalogue.value(
                "{record: sample, anchor: record.at, subject: record.who, numerator: {value: record.amount}, "
                    + "denominator: {value: record.other}, scale: \(vector.params?["scale"]?.text ?? "1"), scale_digits: 4}",
                amounts: pairs)
            #expect(got.decimal == vector.expect["ratio_of_sums"]?.text, "\(vector.id)")
            #expect((got.status == .noData) == (vector.expect["status"]?.text == "no_data"), "\(vector.id)")
        }
    }

    @Test func `rounding is half away from zero in every vector`() throws {
        let vectors = try vectors("round_half_up")
        #expect(vectors.count == 5)
        for vector in vectors {
            let number = try #require(Rational(decimalText: vector.input["value"]?.text ?? ""))
            let places = try #require(Int(vector.params?["places"]?.text ?? ""))
            #expect(number.rounded(toDigits: places) == vector.expect["value"]?.text, "\(vector.id)")
        }
    }
}

/// A JSON value of a vector file: a text (numbers too), a list, or anything else.
indirect enum JSONText: Decodable {
    case scalar(String)
    case list([JSONText])
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .scalar(text)
        } else if let number = try? container.decode(Int64.self) {
            self = .scalar(String(number))
        } else if let list = try? container.decode([JSONText].self) {
            self = .list(list)
        } else {
            self = .other
        }
    }

    var text: String {
        if case .scalar(let text) = self { text } else { "" }
    }

    var list: [JSONText] {
        if case .list(let list) = self { list } else { [] }
    }
}
