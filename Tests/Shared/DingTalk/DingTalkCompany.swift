package import PlumblineKit

/// An invented company in DingTalk.
extension DingTalkEmulator {
    /// Four departments with seven people; `chen` is in two of them, `zhang` leads one.
    package static func company() -> DingTalkEmulator {
        var dingTalk = DingTalkEmulator()
        dingTalk.departments = [
            2: Department("Support"), 3: Department("Admin/行政"), 4: Department("Level 2", under: 2),
            5: Department("Finance"),
        ]
        dingTalk.users = [
            User("zhang", "张伟", number: "P003", in: [2], leads: [2]),
            User("li", "李娜", number: "P004", in: [2], manager: "zhang"),
            User("chen", "陈静", number: "P010", in: [3, 4]), User("wang", "王磊", in: [4], manager: "zhang"),
            User("zhao", "赵敏", number: "P012", in: [5]), User("sun", "孙丽", number: "P013", in: [5]),
            User("boss", "周总", number: "P001", in: [1]),
        ]
        dingTalk.users[0].title = "Head of support"
        dingTalk.users[0].email = "zhang.wei@plumbline.example"
        dingTalk.users[0].mobile = "13800000003"
        dingTalk.users[0].hired = Instant(rfc3339: "2026-03-01T16:00:00Z")
        return dingTalk
    }
}

/// What connections to the emulated company say, and how their connectors see the world.
package enum DingTalkConnection {
    package static let access: [String: SettingInput] = [
        "base_url": .text("https://oapi.dingtalk.example"), "app_key": .text("ding-app-key"),
        "app_secret": .secret(Secret("ding-app-secret")),
    ]

    package static func context(
        _ transport: any Transport, now: @escaping @Sendable () -> Instant, zone: String = "Asia/Shanghai",
        secondsAhead: @escaping @Sendable (Instant) -> Int = { _ in 28_800 },
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: secondsAhead, log: log)
    }
}
