// The time of day behind a date.
extension DateScanner {
    /// Which half of the day is written.
    private enum Half {
        case morning
        case afternoon
    }

    /// The time with its offset; nil where nothing follows.
    mutating func time() throws(CellFault) -> (time: String, offset: String?)? {
        let isMarked = skip("T") || skip("t")
        skipSpaces()
        guard !isAtEnd else {
            if isMarked { throw fault("is no date") }
            return nil
        }
        let before = half()
        skipSpaces()
        guard let hour = small(), let (minute, second, fraction) = rest() else {
            throw fault("has no time that can be read")
        }
        skipSpaces()
        let half = before ?? half()
        skipSpaces()
        guard let clock = Self.hour(hour, half), minute < 60, second < 60 else {
            throw fault("has a time that the day does not have")
        }
        let time = "\(clock.padded(2)):\(minute.padded(2)):\(second.padded(2))"
        return (time + (fraction.isEmpty ? "" : "." + fraction), try offset())
    }

    private mutating func half() -> Half? {
        if skip(word: "上午") || skip(word: "am") || skip(word: "a.m.") || skip(word: "凌晨") { return .morning }
        if skip(word: "下午") || skip(word: "pm") || skip(word: "p.m.") || skip(word: "晚上") { return .afternoon }
        return nil
    }

    /// Minutes and seconds behind the hour.
    private mutating func rest() -> (Int, Int, String)? {
        if skip("时") || skip("點") || skip("点") {
            let minute = next?.isNarrowDigit == true ? small() : 0
            if minute != 0 || next == "分" { _ = skip("分") }
            let second = next?.isNarrowDigit == true ? small() : 0
            _ = skip("秒")
            return minute.flatMap { minute in second.map { (minute, $0, "") } }
        }
        guard skip(":"), let minute = two() else { return nil }
        guard skip(":") else { return (minute, 0, "") }
        guard let second = two() else { return nil }
        guard skip(".") || skip(",") else { return (minute, second, "") }
        let fraction = digits(9)
        return fraction.isEmpty ? nil : (minute, second, fraction)
    }

    private mutating func two() -> Int? {
        let digits = digits(2)
        return digits.count == 2 ? Int(digits) : nil
    }

    private static func hour(_ hour: Int, _ half: Half?) -> Int? {
        switch half {
        case nil: hour < 24 ? hour : nil
        case .morning: hour < 12 ? hour : hour == 12 ? 0 : nil
        // People write 下午14:30 as well.
        case .afternoon: (1..<12).contains(hour) ? hour + 12 : (12..<24).contains(hour) ? hour : nil
        }
    }

    private mutating func offset() throws(CellFault) -> String? {
        if skip("Z") || skip("z") { return "Z" }
        guard next == "+" || next == "-" else { return nil }
        let sign = skip("+") ? "+" : "-"
        if sign == "-" { _ = skip("-") }
        let hours = digits(2)
        _ = skip(":")
        let minutes = digits(2)
        guard hours.count == 2, minutes.count == 2, let hour = Int(hours), let minute = Int(minutes), hour < 24,
            minute < 60
        else { throw fault("has no offset that can be read") }
        return "\(sign)\(hours):\(minutes)"
    }
}
