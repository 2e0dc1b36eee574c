extension Timestamp {
    /// The instant of a text such as `2026-07-01T09:00:00.5+08:00`; nil for other forms and outside the years 1 to 9999.
    public init?(rfc3339 text: some StringProtocol) {
        let timestamp = Array(text.utf8).withUnsafeBufferPointer { Timestamp(rfc3339: $0) }
        guard let timestamp else { return nil }
        self = timestamp
    }

    /// The instant of such a text in UTF-8.
    public init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
        var reader = TimestampReader(bytes: bytes)
        guard let timestamp = reader.timestamp(), timestamp.isRepresentable else { return nil }
        self = timestamp
    }
}

private struct TimestampReader {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func timestamp() -> Timestamp? {
        guard let days = date(), skip("T") || skip("t"), let seconds = time() else { return nil }
        guard let nanoseconds = fraction(), let offset = offset(), position == bytes.count else { return nil }
        return Timestamp(seconds: Int64(days * 86_400 + seconds - offset), nanoseconds: nanoseconds)
    }

    private mutating func date() -> Int? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        guard day >= 1, day <= CivilCalendar.daysInMonth(year: year, month: month) else { return nil }
        return CivilCalendar.days(year: year, month: month, day: day)
    }

    private mutating func time() -> Int? {
        guard let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2) else {
            return nil
        }
        return hour < 24 && minute < 60 && second < 60 ? hour * 3_600 + minute * 60 + second : nil
    }

    private mutating func fraction() -> Int32? {
        guard skip(".") else { return 0 }
        var nanoseconds: Int32 = 0
        var count = 0
        while let digit = digit() {
            guard count < 9 else { return nil }
            nanoseconds = nanoseconds * 10 + Int32(digit)
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<9 { nanoseconds *= 10 }
        return nanoseconds
    }

    private mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), skip(":"), let minutes = number(2) else { return nil }
        return hours < 24 && minutes < 60 ? sign * (hours * 3_600 + minutes * 60) : nil
    }

    private mutating func number(_ width: Int) -> Int? {
        var number = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count, (48...57).contains(bytes[position]) else { return nil }
        position += 1
        return Int(bytes[position - 1]) - 48
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }
}
