/// What a field wants, in the words of people who fill in tables; its English is the name that definitions use.
extension RecordField {
    /// In Chinese, such as `整数` or `日期的列表`.
    var wantedInChinese: String { isList ? "\(kind.inChinese)的列表" : kind.inChinese }
}

extension FieldKind {
    /// The kind in Chinese.
    var inChinese: String {
        switch self {
        case .string: "文本"
        case .int: "整数"
        case .decimal: "数字"
        case .money: "金额"
        case .bool: "真假值（true 或 false）"
        case .date: "日期"
        case .datetime: "时间"
        case .employeeRef: "人员账号"
        case .orgUnitRef: "部门"
        case .enumeration(let names): "\(names.joined(separator: "、")) 之一"
        case .interval: "时间段"
        case .ownerInterval: "带负责人的时间段"
        }
    }
}
