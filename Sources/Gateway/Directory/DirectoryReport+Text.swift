internal import Indicators
public import PlumblineKit
internal import ReviewStore

extension DirectoryReport {
    /// What is new, as one line; nil where nothing is.
    public var news: LocalizedText? {
        let news = snapshot.news
        let groups: [(zh: String, en: String, people: [String])] = [
            ("入职", "joined", news.joined), ("调动", "moved", news.moved), ("离职", "left", news.left),
            ("恢复", "returned", news.returned), ("更正", "corrected", news.corrected),
        ]
        let told = groups.filter { !$0.people.isEmpty }
        if told.isEmpty { return nil }
        let zh = told.map { "\($0.zh) \(Self.list($0.people, separator: "、"))" }.joined(separator: "，")
        let en = told.map { "\($0.en) \(Self.list($0.people, separator: ", "))" }.joined(separator: "; ")
        return LocalizedText(
            zh: "\(connection)：通讯录 \(people) 人：\(zh)", en: "\(connection): directory of \(people) people: \(en)")
    }

    /// What a person should look at, one line each.
    public var warnings: [LocalizedText] {
        snapshot.news.conflicts.map { $0.text(of: connection) }
            + (snapshot.doubt.map { [$0.text(of: connection)] } ?? [])
            + perhapsLeft + withoutNumber
    }

    private var perhapsLeft: [LocalizedText] {
        let count = snapshot.news.perhapsLeft
        if count == 0 { return [] }
        return [
            LocalizedText(
                zh: "\(connection)：通讯录里少了 \(count) 人；有人读不出来，因此不能断定他们已离职",
                en:
                    "\(connection): \(count) people are missing from the directory; while somebody in it cannot be read, they "
                    + "are not taken to have left")
        ]
    }

    private var withoutNumber: [LocalizedText] {
        let count = snapshot.news.withoutNumber
        if count == 0 { return [] }
        return [
            LocalizedText(
                zh: "\(connection)：通讯录中 \(count) 个账号没有工号，未计入人员",
                en: "\(connection): \(count) accounts of the directory have no staff number and are left out")
        ]
    }

    /// How many, and the first of them.
    private static func list(_ people: [String], separator: String) -> String {
        let shown = people.prefix(5).joined(separator: separator)
        return people.count > 5 ? "\(people.count) (\(shown), ...)" : "\(people.count) (\(shown))"
    }
}

extension DirectoryConflict {
    func text(of connection: String) -> LocalizedText {
        switch self {
        case .sharedNumber(let employee, let accounts):
            let list = accounts.joined(separator: ", ")
            return LocalizedText(
                zh: "\(connection)：账号 \(list) 的工号都是 \(employee)，在其中一个改正之前此人保持原样",
                en:
                    "\(connection): the accounts \(list) have the staff number \(employee); they stay as they were until one "
                    + "is put right there")
        case .renumbered(let account, let before, let now):
            return LocalizedText(
                zh: "\(connection)：账号 \(account) 的工号由 \(before) 变为 \(now)，暂不采用；核对后运行 "
                    + "plumbline people sync \(connection) --accept",
                en:
                    "\(connection): account \(account) had the staff number \(before) and has \(now) now, which is not taken "
                    + "over; once that is right: plumbline people sync \(connection) --accept")
        }
    }
}

extension DirectoryDoubt {
    func text(of connection: String) -> LocalizedText {
        let advice = "plumbline people sync \(connection) --accept"
        switch self {
        case .manyLeft(let count, let total):
            return LocalizedText(
                zh: "\(connection)：通讯录里 \(total) 人中有 \(count) 人一下子不见了，未采用；请检查应用的可见范围，确实如此则运行 \(advice)",
                en:
                    "\(connection): \(count) of \(total) people are gone from the directory at once, which is not believed: "
                    + "see whether the app may still see everybody; if it is so: \(advice)")
        case .manyMoved(let count, let total):
            return LocalizedText(
                zh: "\(connection)：通讯录里 \(total) 人中有 \(count) 人一下子换了部门，未采用；若是部门改名或重组，运行 \(advice)",
                en:
                    "\(connection): \(count) of \(total) people have another unit at once, which is not believed: where units "
                    + "were renamed or moved: \(advice)")
        }
    }
}
