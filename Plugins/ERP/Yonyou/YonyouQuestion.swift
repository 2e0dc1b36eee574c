import PlumblineKit

/// What is asked of a list: what changed from a moment on, up to one, in whole seconds. Nil is no limit.
struct YonyouQuestion: Hashable {
    let path: String
    var from: Instant?
    var to: Instant?
}

/// Asks a list for its pages.
struct YonyouPages: Sendable {
    let client: YonyouClient
    let list: YonyouList
    let clock: YonyouClock
    let size: Int
    let orderBy: String?

    /// A page of what a question finds, counted from 1.
    func page(_ index: Int, of question: YonyouQuestion) async throws(ConnectorError) -> YonyouRowPage {
        let page = try await client.page(body(index, question), of: list.path)
        return YonyouRowPage(
            rows: page.rows.map { YonyouRow($0, of: list, clock: clock) }, count: page.count, pages: page.pages)
    }

    private func body(_ index: Int, _ question: YonyouQuestion) -> JSON {
        var members: JSONObject = ["pageIndex": .int(index), "pageSize": .int(size)]
        let conditions = conditions(of: question)
        if !conditions.isEmpty { members["simpleVOs"] = .array(conditions) }
        if let orderBy { members["queryOrders"] = [["field": .string(orderBy), "order": "asc"]] }
        return .object(members)
    }

    private func conditions(of question: YonyouQuestion) -> [JSON] {
        guard let from = question.from.map(clock.condition) else { return [] }
        guard let to = question.to.map(clock.condition) else { return [condition("egt", from)] }
        guard list.window == .between else { return [condition("egt", from), condition("elt", to)] }
        return [["field": .string(list.changedField), "op": "between", "value1": from, "value2": to]]
    }

    private func condition(_ name: String, _ value: JSON) -> JSON {
        ["field": .string(list.changedField), "op": .string(name), "value1": value]
    }
}

/// One page of rows, and what the server says of all pages.
struct YonyouRowPage {
    let rows: [YonyouRow]
    let count: Int
    let pages: Int?

    /// Whether these are all rows there are: then nothing can have moved.
    var isAll: Bool { rows.count == count }
}
