import PlumblineKit
import RecordFiles

/// Settings of a log of punches.
enum PunchLogSettings {
    static let path = Setting<String>.file(
        "path", LocalizedText(zh: "data 文件夹中的文件名", en: "Name of the file in the data folder"))
    static let since = Setting<String>.text(
        "since", LocalizedText(zh: "从此日期开始，如 2026-01-01", en: "The first day to read, such as 2026-01-01"))
    static let complete = Setting<Bool>.flag(
        "complete", default: false,
        LocalizedText(
            zh: "文件是否总是含起始日期以来的全部打卡：是，则消失的日子视为已删除",
            en:
                "Whether the file always holds all punches from the first day on: a day that vanishes is then taken as deleted"
        ))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...10_000, default: 1000, unit: "days",
        LocalizedText(zh: "每页条数，一页一个事务", en: "Records in a page, which is one transaction"))

    static let all: [SettingField] =
        [path.field, since.field] + columns + writing + PunchSettings.all + [complete.field, pageSize.field]
}

// MARK: - Columns

extension PunchLogSettings {
    static let employee = Setting<String>.text(
        "employee_column", LocalizedText(zh: "员工编号所在的列", en: "The column of the employee's number"))
    static let times = Setting<[String]>.list(
        "time_columns",
        LocalizedText(
            zh: "打卡时间所在的列，可多列；含日期，除非另有日期列", en: "The columns of times, with their dates unless another column has them")
    )
    static let date = Setting<String?>.text(
        "date_column", LocalizedText(zh: "日期所在的列，时间列只有时间时填写", en: "The column of dates, where times have none"))
    static let direction = Setting<String?>.text(
        "direction_column",
        LocalizedText(
            zh: "上下班方向所在的列；没有则当天最早为上班、最晚为下班",
            en: "The column that tells in from out; without one the first punch of a day is in, the last one out"))
    static let shift = Setting<String?>.text(
        "shift_column", LocalizedText(zh: "班次名称所在的列", en: "The column that names the shift"))
    static let inValues = Setting<[String]>.list(
        "in_values", default: ["in", "i", "c/in", "check-in", "check in", "上班", "上班打卡", "签到", "进"],
        LocalizedText(zh: "方向列中表示上班的值", en: "What the direction column says of a clock-in"))
    static let outValues = Setting<[String]>.list(
        "out_values", default: ["out", "o", "c/out", "check-out", "check out", "下班", "下班打卡", "签退", "出"],
        LocalizedText(zh: "方向列中表示下班的值", en: "What the direction column says of a clock-out"))

    static let offValues = Setting<[String]>.list(
        "off_values", default: ["休息", "未排班"],
        LocalizedText(zh: "班次列中表示不上班的值", en: "What the shift column says of a day without a shift"))
    static let emptyValues = Setting<[String]>.list(
        "empty_values", default: ["未打卡", "缺卡", "--", "-"],
        LocalizedText(zh: "时间列中表示没有打卡的值", en: "What the columns of times say where there is no punch"))

    private static let columns: [SettingField] = [
        employee.field, times.field, date.field, direction.field, shift.field, inValues.field, outValues.field,
        offValues.field, emptyValues.field,
    ]
}

// MARK: - How it is written

extension PunchLogSettings {
    static let encoding = Setting<String>.choice(
        "encoding", of: ["auto"] + FileForm.TextEncoding.allCases.map(\.rawValue), default: "auto",
        LocalizedText(zh: "文件的字符编码；gb18030 含 GBK", en: "How texts are encoded; gb18030 covers GBK"))
    static let delimiter = Setting<String>.choice(
        "delimiter", of: ["auto"] + delimiters.keys.sorted(), default: "auto",
        LocalizedText(zh: "分隔符", en: "What separates the cells"))
    static let headerLine = Setting<String>.text(
        "header_line", default: "auto",
        LocalizedText(
            zh: "列名所在的行：auto、行号，或 none（没有列名，列按 1、2、3 编号）",
            en: "The line that names the columns: auto, its number, or none, and then columns are called 1, 2, 3"))
    static let dateOrder = Setting<String>.choice(
        "date_order", of: ["auto"] + DateOrder.allCases.map(\.rawValue), default: "auto",
        LocalizedText(
            zh: "日期中年月日的顺序；两位数的年份必须说明", en: "In which order dates are written; years of two digits need it"))
    static let serialDates = Setting<String>.choice(
        "serial_dates", of: ["none", "1900", "1904"], default: "none",
        LocalizedText(
            zh: "日期是否为表格软件的序列数，及其起始年", en: "Whether dates are a spreadsheet's serial numbers, and from which year on"))

    static let delimiters: [String: UInt8] = [
        "comma": UInt8(ascii: ","), "pipe": UInt8(ascii: "|"), "semicolon": UInt8(ascii: ";"),
        "tab": UInt8(ascii: "\t"),
    ]

    private static let writing: [SettingField] = [
        encoding.field, delimiter.field, headerLine.field, dateOrder.field, serialDates.field,
    ]
}
