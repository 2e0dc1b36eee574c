import FeishuServer
import PlumblineKit

/// The stream `key_results`: what each person's key results stand at.
struct FeishuKeyResults: Sendable {
    private let client: FeishuClient
    private let directory: FeishuDirectory
    private let idType: String
    private let language: String
    private let since: Instant
    private let people: Int
    private let context: ConnectorContext

    init(
        client: FeishuClient, directory: FeishuDirectory, settings: Settings, since: Instant, context: ConnectorContext
    ) {
        (self.client, self.directory, self.since, self.context) = (client, directory, since, context)
        idType = settings[FeishuOASettings.idType]
        language = settings[FeishuOASettings.locale] == "en-US" ? "en_us" : "zh_cn"
        people = max(1, settings[FeishuSettings.pageSize] / 10)
    }

    /// The readings of the next people, a tenth of `page_size`.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let place = try cursor?.state()["after"]?.string ?? ""
        let periods = try await periods()
        let rest = try await directory.snapshot().accounts.map(\.account).filter { $0 > place }
        let chunk = periods.isEmpty ? [] : rest.prefix(people)
        var page = Page(cursor: nil, hasMore: chunk.count < rest.count && !periods.isEmpty)
        for account in chunk { try await read(account, periods, &page) }
        page.cursor = Cursor(["after": .string(page.hasMore ? chunk.last ?? place : "")])
        return page
    }

    /// Periods that have begun and did not end before `since`, the latest first.
    func periods() async throws(ConnectorError) -> [FeishuPeriod] {
        let call = FeishuCall.get("okr/v1/periods", keeping: FeishuPeriod.mask)
        let now = context.now()
        return try await client.settledList(call, size: 10).compactMap(FeishuPeriod.init)
            .filter { $0.end > since && $0.start <= now }.sorted { ($0.start, $0.id) > ($1.start, $1.id) }
    }

    private func read(_ account: String, _ periods: [FeishuPeriod], _ page: inout Page) async throws(ConnectorError) {
        for start in stride(from: 0, to: periods.count, by: 10) {
            let asked = periods[start..<min(start + 10, periods.count)]
            switch try await okrs(of: account, in: asked.map(\.id)) {
            case .success(let okrs):
                for okr in okrs { take(okr, of: account, in: asked, &page) }
            case .failure(let failure):
                let raw: JSON = ["user": .string(account), "code": .int(failure.code)]
                page.rejected.append(
                    RejectedRecord(id: "objectives of \(account)", reason: failure.reason, raw: raw.bytes))
            }
        }
    }

    /// Somebody's OKRs in these periods; where they take several calls, as two readings agree.
    private func okrs(
        of account: String, in periods: [String]
    ) async throws(ConnectorError) -> Result<[JSON], FeishuFailure> {
        let first = try await reading(of: account, in: periods)
        guard case .success(let okrs) = first, okrs.count > Self.limit else { return first }
        return .success(
            try await FeishuClient.settled("somebody's list of OKRs") { () async throws(ConnectorError) in
                if case .success(let okrs) = try await reading(of: account, in: periods) { okrs } else { nil }
            })
    }

    /// The most OKRs in an answer.
    private static let limit = 10

    private func reading(
        of account: String, in periods: [String]
    ) async throws(ConnectorError) -> Result<[JSON], FeishuFailure> {
        var found: [JSON] = []
        while true {
            let call = FeishuCall.get(
                "okr/v1/users/:user_id/okrs", ["user_id": account],
                query: [
                    ("user_id_type", idType), ("offset", String(found.count)), ("limit", String(Self.limit)),
                    ("lang", language),
                ] + periods.map { ("period_ids", $0) }, keeping: FeishuKeyResult.mask)
            switch try await client.outcome(of: call) {
            case .failed(let failure): return .failure(failure)
            case .data(let data):
                let okrs = data["okr_list"]?.array ?? []
                found += okrs
                if okrs.isEmpty || found.count >= data["total"]?.int ?? 0 { return .success(Self.distinct(found)) }
            }
        }
    }

    private static func distinct(_ okrs: [JSON]) -> [JSON] {
        var seen: Set<String> = []
        return okrs.filter { $0.filled("id").map { seen.insert($0).inserted } ?? true }
    }
}

// MARK: - One OKR

extension FeishuKeyResults {
    private func take(_ okr: JSON, of account: String, in periods: ArraySlice<FeishuPeriod>, _ page: inout Page) {
        let name = "OKR \(okr.filled("id") ?? "without id")"
        if okr["permission"] == 0 {
            page.anomalies.append(Anomaly(id: name, reason: "the app may not see what is in it"))
            return
        }
        guard let period = periods.first(where: { $0.id == okr.filled("period_id") }) else {
            let reason = "its period is none of those that were asked for"
            page.rejected.append(RejectedRecord(id: name, reason: reason, raw: okr.bytes))
            return
        }
        for objective in okr["objective_list"]?.array ?? [] {
            if objective["permission"] == 0 {
                page.anomalies.append(
                    Anomaly(id: "objective \(objective.filled("id") ?? "?")", reason: "the app may not see it"))
            }
            let reading = FeishuKeyResult(
                owner: account, okr: okr, objective: objective, period: period, readOn: readOn(period))
            for result in objective["kr_list"]?.array ?? [] { take(result, reading, &page) }
        }
    }

    private func take(_ result: JSON, _ reading: FeishuKeyResult, _ page: inout Page) {
        do throws(JSONShapeError) {
            page.records.append(try reading.record(result, idType: idType))
        } catch {
            let id = result.filled("id") ?? "of objective \(reading.objective.filled("id") ?? "?")"
            page.rejected.append(
                RejectedRecord(id: "key result \(id)", reason: error.reason, raw: result.bytes))
        }
    }

    private func readOn(_ period: FeishuPeriod) -> String {
        let moment = min(context.now(), period.end.advanced(bySeconds: -1))
        return String(moment.advanced(bySeconds: context.utcOffset(moment)).rfc3339.prefix(10))
    }
}
