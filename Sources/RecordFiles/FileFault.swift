public import PlumblineKit

/// Why a file, or a part of it, cannot be read.
public struct FileFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the fault is; nil for the file as a whole.
    public let place: Place?
    /// What is wrong, what was expected and, where that is not plain, what to do.
    public let texts: LocalizedText

    /// What is wrong, in English.
    public var reason: String { texts.en }

    /// A place in a file as a person finds it.
    public struct Place: Sendable, Hashable, CustomStringConvertible {
        /// The sheet of a workbook; nil for other files.
        public var sheet: String?
        /// The line or row, from 1.
        public var line: Int
        /// The column: the byte in the line of a text file, the column of a sheet; from 1; nil for the whole line.
        public var column: Int?

        /// A place.
        public init(sheet: String? = nil, line: Int, column: Int? = nil) {
            self.sheet = sheet
            self.line = line
            self.column = column
        }

        /// `line 3, column 7` or `sheet 'July', row 3, column G`.
        public var description: String {
            guard let sheet else { return "line \(line)" + (column.map { ", column \($0)" } ?? "") }
            return "sheet '\(sheet)', row \(line)" + (column.map { ", column \(Self.letters($0))" } ?? "")
        }

        /// As ``description`` in a language, `zh` or `en`.
        public func text(in language: String) -> String {
            guard language == "zh" else { return description }
            guard let sheet else { return "第 \(line) 行" + (column.map { "第 \($0) 列" } ?? "") }
            return "工作表“\(sheet)”第 \(line) 行" + (column.map { " \(Self.letters($0)) 列" } ?? "")
        }

        /// The letters by which spreadsheets name a column: 1 is A, 27 is AA.
        static func letters(_ column: Int) -> String {
            var (rest, text) = (column, "")
            while rest > 0 {
                text = String(Character(Unicode.Scalar(UInt8(65 + (rest - 1) % 26)))) + text
                rest = (rest - 1) / 26
            }
            return text
        }
    }

    /// A fault at a place, with its reason in both languages.
    public init(at place: Place? = nil, zh: String, en: String) {
        self.init(at: place, LocalizedText(zh: zh, en: en))
    }

    /// A fault at a place, with its reason in both languages.
    public init(at place: Place? = nil, _ texts: LocalizedText) {
        self.place = place
        self.texts = texts
    }

    /// The place, where there is one, and the reason.
    public var description: String { place.map { "\($0): \(reason)" } ?? reason }

    /// The place, where there is one, and the reason, in both languages.
    public var placedTexts: LocalizedText {
        LocalizedText(zh: (place.map { $0.text(in: "zh") + "：" } ?? "") + texts.zh, en: description)
    }

    /// The place, where there is one, and the reason, in a language, `zh` or `en`.
    public func text(in language: String) -> String { placedTexts.text(in: language) }

    /// Whether two faults say the same of the same place, in English.
    public static func == (left: Self, right: Self) -> Bool { left.place == right.place && left.reason == right.reason }

    /// As ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(place)
        hasher.combine(reason)
    }
}
