/// What a number means under a number format.
enum NumberFormat: UInt8 {
    case number
    /// A number that is shown a hundredfold.
    case percent
    /// A day.
    case date
    /// A time of day.
    case time
    case dateTime
    /// An elapsed time, which may exceed a day: `[h]:mm`.
    case elapsed

    /// The meaning of a built-in format.
    ///
    /// - Source: ECMA-376 part 1, 18.8.30 (numFmt); 27 to 36 and 50 to 58 are the formats of East Asian editions.
    init(builtIn id: Int) {
        switch id {
        case 9, 10: self = .percent
        case 14...17, 27...31, 36, 50...54, 57, 58: self = .date
        case 18...21, 32...35, 45, 47, 55, 56: self = .time
        case 22: self = .dateTime
        case 46: self = .elapsed
        default: self = .number
        }
    }

    /// The meaning of a custom format: that of its first section, as positive numbers are shown.
    ///
    /// Text in quotes, escaped characters, padding, colours, conditions and locales are passed over. `m` is a minute
    /// beside hours or seconds and a month otherwise, so that it decides nothing where they stand.
    init(code: String) {
        var scan = FormatScan(code)
        scan.read()
        let hasTime = scan.has("h") || scan.has("s")
        let hasDay = scan.has("y") || scan.has("d") || scan.has("g") || scan.isEra || (scan.has("m") && !hasTime)
        if scan.isElapsed {
            self = .elapsed
        } else if hasDay {
            self = hasTime ? .dateTime : .date
        } else if hasTime {
            self = .time
        } else {
            self = scan.has("%") ? .percent : .number
        }
    }
}

/// The letters of a format code that stand for parts of a number.
private struct FormatScan {
    private var rest: Substring.UTF8View
    private var letters: Set<UInt8> = []
    private(set) var isElapsed = false

    init(_ code: String) {
        // The general format is a word, in English or as Chinese editions write it.
        let code = code.lowercased().replacing("general", with: "").replacing("g/通用格式", with: "")
        rest = code[...].utf8
    }

    func has(_ letter: Character) -> Bool { letter.asciiValue.map(letters.contains) ?? false }

    /// Whether `e` is the year of an era: beside digits it is an exponent.
    var isEra: Bool { has("e") && !has("0") && !has("#") && !has("?") }

    mutating func read() {
        while let byte = rest.popFirst(), byte != UInt8(ascii: ";") {
            switch byte {
            case UInt8(ascii: "\""): skip(to: byte)
            case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"): skipCharacter()
            case UInt8(ascii: "["): readBracket()
            default: letters.insert(byte)
            }
        }
    }

    /// `[h]`, `[mm]` and `[ss]` are elapsed times; all else in brackets is a colour, a condition or a locale.
    private mutating func readBracket() {
        let start = rest
        skip(to: UInt8(ascii: "]"))
        let inside = start.prefix(max(start.count - rest.count - 1, 0))
        guard let first = inside.first, inside.allSatisfy({ $0 == first }) else { return }
        if "hms".utf8.contains(first) { isElapsed = true }
    }

    private mutating func skip(to end: UInt8) {
        while let byte = rest.popFirst(), byte != end {}
    }

    private mutating func skipCharacter() {
        rest = rest.dropFirst().drop { $0 & 0xC0 == 0x80 }
    }
}
