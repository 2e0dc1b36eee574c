import PlumblineKit

/// All rows that a question finds, where one page does not hold them.
///
/// The order of a list is not told, and rows that change, come or go between two pages move others over the edge. So the
/// pages are read again from the first until two walks in a row find the same rows as they were: whatever moves a row that
/// one of them passed by shows in a row that differs. A walk also ends when the number of rows changes, or a row comes twice.
///
/// What was read stays when a call fails, so that waiting for a limit does not begin anew.
actor YonyouSnapshots {
    private struct Walk {
        var rows: [YonyouRow] = []
        var count: Int?
        var index = 1
        var isThrough = false
        /// Whether something moved.
        var isSpoilt = false

        mutating func take(_ page: YonyouRowPage) {
            isSpoilt = count != nil && count != page.count
            count = page.count
            rows += page.rows
            isThrough = page.rows.isEmpty || (page.pages.map { index >= $0 } ?? (rows.count >= page.count))
            index += 1
        }

        /// The rows, where each is there once and none is missing.
        var whole: Set<YonyouRow>? {
            let all = Set(rows)
            return isThrough && !isSpoilt && all.count == rows.count && rows.count == count ? all : nil
        }
    }

    private struct Reading {
        var last: Set<YonyouRow>?
        var walk = Walk()
        var walks = 1
    }

    private let pages: YonyouPages
    private var open: [YonyouQuestion: Reading] = [:]
    private var done: [YonyouQuestion: [YonyouRow]] = [:]

    private static let mostWalks = 8

    init(pages: YonyouPages) { self.pages = pages }

    /// The rows, by their identifiers; the same ones as long as this lives.
    func rows(of question: YonyouQuestion) async throws(ConnectorError) -> [YonyouRow] {
        if let rows = done[question] { return rows }
        while true {
            var reading = open[question] ?? Reading()
            let page = try await pages.page(reading.walk.index, of: question)
            let isFirst = reading.walk.index == 1
            reading.walk.take(page)
            if isFirst, page.isAll { return end(question, page.rows) }
            if reading.walk.isThrough || reading.walk.isSpoilt {
                let whole = reading.walk.whole
                if let whole, whole == reading.last { return end(question, reading.walk.rows) }
                reading.last = whole
                reading.walk = Walk()
                reading.walks += 1
            }
            open[question] = reading
            if reading.walks > Self.mostWalks {
                open[question] = nil
                throw unsteady
            }
        }
    }

    private func end(_ question: YonyouQuestion, _ rows: [YonyouRow]) -> [YonyouRow] {
        open[question] = nil
        // By identifier, so that a run that begins anew goes on behind the last one; entries stay as they come.
        let sorted = rows.enumerated().sorted { one, other in
            (one.element.id ?? "", one.offset) < (other.element.id ?? "", other.offset)
        }.map(\.element)
        done[question] = sorted
        return sorted
    }

    private var unsteady: ConnectorError {
        .unavailable(
            reason:
                "\(pages.list.path): rows change during each of \(Self.mostWalks) walks over its pages, or come twice; "
                + "a larger page_size or an order_by may help",
            retryAfter: .seconds(60))
    }
}
