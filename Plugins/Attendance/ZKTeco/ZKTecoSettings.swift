import PlumblineKit

/// Settings of attendance terminals.
enum ZKTecoSettings {
    static let devices = Setting<NestedSetting>.nested(
        "devices",
        LocalizedText(
            zh: "允许的设备：序列号，下写 zone（设备时钟的时区，默认为连接的时区）、place（位置）；停用的写 retired: true",
            en:
                "The devices that may call: serial numbers, each with zone (of its clock, by default the connection's) and place; retired: true for one that is gone"
        ))
    static let since = Setting<String>.text(
        "since", LocalizedText(zh: "从此日期开始，如 2026-01-01", en: "The first day to tell of, such as 2026-01-01"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...10_000, default: 500, unit: "punches",
        LocalizedText(zh: "一次处理多少条打卡，一页一个事务", en: "Punches taken at a time; what they make is one transaction"))

    static let all: [SettingField] =
        [devices.field, since.field] + columns + PunchSettings.all + [shiftOf.field] + calls + limits + [pageSize.field]
}

// MARK: - What a line says

extension ZKTecoSettings {
    static let pinColumn = Setting<Int>.integer(
        "pin_column", in: 1...10, default: 1,
        LocalizedText(zh: "考勤记录中员工编号是第几列", en: "Which column of a line is the employee's number"))
    static let timeColumn = Setting<Int>.integer(
        "time_column", in: 1...10, default: 2,
        LocalizedText(zh: "考勤记录中时间是第几列", en: "Which column of a line is the time"))
    static let statusColumn = Setting<Int>.integer(
        "status_column", in: 1...10, default: 3,
        LocalizedText(
            zh: "考勤记录中状态是第几列；有的固件把验证方式放在第三列", en: "Which column tells in from out; some firmware has it fourth"))
    static let inValues = Setting<[String]>.list(
        "in_values", default: ["0", "3", "4"],
        LocalizedText(
            zh: "表示上班的状态；与 out_values 都为空则不看状态",
            en: "States that are a clock-in; none here and in out_values: states are not looked at"))
    static let outValues = Setting<[String]>.list(
        "out_values", default: ["1", "2", "5"],
        LocalizedText(zh: "表示下班的状态", en: "States that are a clock-out"))
    static let noValues = Setting<[String]>.list(
        "no_values", default: ["255"],
        LocalizedText(zh: "没有方向的状态；其他未列出的状态算错误", en: "States that tell neither; any that is listed nowhere is an error")
    )

    private static let columns: [SettingField] = [
        pinColumn.field, timeColumn.field, statusColumn.field, inValues.field, outValues.field, noValues.field,
    ]

    static let shiftOf = Setting<[String: String]>.map(
        "shift_of", default: [:],
        LocalizedText(
            zh: "有多个班次时，各员工编号的班次名称", en: "With several shifts: the name of each employee's, by number"))
}

// MARK: - What devices hear

extension ZKTecoSettings {
    static let sendFrom = Setting<String>.choice(
        "send_from", of: ["start", "held"], default: "start",
        LocalizedText(
            zh: "设备重新连接后从哪里发送：start 重新发送全部（重复的只算一次），held 接着已收到的（设备清空记录后会丢失打卡）",
            en:
                "What devices send when they connect anew: start, all they have, which counts once; held, what follows, which loses punches where a device's log was cleared"
        )
    )
    static let timeZone = Setting<String>.choice(
        "send_time_zone", of: ["hours", "minutes", "none"], default: "hours",
        LocalizedText(
            zh: "告诉设备的时区：按小时、按分钟，或不告诉", en: "How devices are told their zone: in hours, in minutes, or not at all"))
    static let transFlag = Setting<String>.text(
        "trans_flag", default: "TransData AttLog",
        LocalizedText(
            zh: "请求设备上传的内容；旧固件用 1000000000", en: "What devices are asked to send; older firmware wants 1000000000"))
    static let delay = Setting<Duration>.duration(
        "delay", in: .seconds(1) ... .seconds(3600), default: "30s",
        LocalizedText(zh: "设备多久询问一次", en: "How often devices ask for commands"))
    static let errorDelay = Setting<Duration>.duration(
        "error_delay", in: .seconds(1) ... .seconds(3600), default: "60s",
        LocalizedText(zh: "出错后多久再试", en: "After how long devices try again what failed"))
    static let interval = Setting<Duration>.duration(
        "interval", in: .seconds(60) ... .seconds(86_400), default: "1m",
        LocalizedText(zh: "设备最多积攒多久再上传", en: "How long devices gather punches at most"))
    static let realtime = Setting<Bool>.flag(
        "realtime", default: true, LocalizedText(zh: "是否打卡后立即上传", en: "Whether devices send each punch at once"))

    private static let calls: [SettingField] = [
        sendFrom.field, timeZone.field, transFlag.field, delay.field, errorDelay.field, interval.field, realtime.field,
    ]
}

// MARK: - What the host allows

extension ZKTecoSettings {
    static let maxBody = Setting<Int>.integer(
        "max_body", in: 1024...16_777_216, default: 1_048_576, unit: "bytes",
        LocalizedText(zh: "请求正文的最大字节数", en: "How long the body of a request may be"))
    static let requests = Setting<Int>.integer(
        "device_requests_per_second", in: 1...1000, default: 20, unit: "requests",
        LocalizedText(zh: "每台设备每秒最多请求数", en: "How many requests of one device are taken in a second"))
    static let newLines = Setting<Int>.integer(
        "new_lines_per_day", in: 1...100_000_000, default: 500_000, unit: "lines",
        LocalizedText(
            zh: "每台设备每天最多接收的新记录数，超过则告警并稍后再收",
            en: "How many new lines of one device are kept in a day; beyond it there is an alarm, and it comes later"))
    static let keepDays = Setting<Int>.integer(
        "keep_days", in: 7...3650, default: 400, unit: "days",
        LocalizedText(
            zh: "打卡原始记录保留天数；更早的日子不再重算", en: "For how long punches are kept; days before that are not made again"))
    static let silentAfter = Setting<Duration>.duration(
        "silent_after", in: .seconds(300) ... .seconds(366 * 86_400), default: "1d",
        LocalizedText(zh: "设备多久没有联系则提醒", en: "After how long without a call a device is told of"))

    private static let limits: [SettingField] = [
        maxBody.field, requests.field, newLines.field, keepDays.field, silentAfter.field,
    ]
}
