/// `text.format(list)`: the clauses `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x` and `%X` filled in turn.
struct StringFormat {
    private var rest: Substring.UnicodeScalarView
    private var operands: ArraySlice<Value>
    private var output = ""

    private static let finestPrecision = 1_000

    @Sendable static func format(_ text: String, _ operands: [Value]) throws(EvaluationError) -> String {
        var format = StringFormat(rest: Substring(text).unicodeScalars, operands: operands[...])
        while let scalar = format.rest.popFirst() {
            if scalar == "%" {
                try format.clause()
            } else {
                format.output.unicodeScalars.append(scalar)
            }
            try StandardLibrary.checkLength(format.output.utf8.count)
        }
        return format.output
    }

    private mutating func clause() throws(EvaluationError) {
        if rest.first == "%" {
            output += "%"
            rest.removeFirst()
            return
        }
        let precision = try precision()
        guard let verb = rest.popFirst() else {
            throw .invalidArgument(zh: "格式串不完整", en: "the format ends inside a clause")
        }
        guard let operand = operands.popFirst() else {
            throw .invalidArgument(zh: "格式串的占位符比值多", en: "the format has more clauses than values")
        }
        output += try filled(verb, precision, operand)
    }

    private mutating func precision() throws(EvaluationError) -> Int {
        guard rest.first == "." else { return 6 }
        rest.removeFirst()
        let digits = String(rest.prefix { "0"..."9" ~= $0 })
        rest = rest.dropFirst(digits.count)
        guard let precision = Int(digits), precision <= StringFormat.finestPrecision else {
            throw .invalidArgument(
                zh: "格式的精度应为 0 到 \(StringFormat.finestPrecision)",
                en: "the precision of a format is 0 to \(StringFormat.finestPrecision)")
        }
        return precision
    }

    private func filled(
        _ verb: Unicode.Scalar, _ precision: Int, _ operand: Value
    ) throws(EvaluationError) -> String {
        let text: String? =
            switch verb {
            case "s": try StringFormat.text(operand)
            case "d": StringFormat.decimal(operand)
            case "f": StringFormat.float(operand) { $0.fixed(precision) }
            case "e": StringFormat.float(operand) { $0.scientific(precision) }
            case "b": StringFormat.radix(operand, 2)
            case "o": StringFormat.radix(operand, 8)
            case "x": StringFormat.hexadecimal(operand)
            case "X": StringFormat.hexadecimal(operand)?.uppercased()
            default: throw .invalidArgument(zh: "格式串没有占位符 %\(verb)", en: "the format has no clause %\(verb)")
            }
        guard let text else { throw misfit("%\(verb)", [operand], paths: []) }
        return text
    }

    // MARK: Numbers

    private static func decimal(_ value: Value) -> String? {
        switch value {
        case .int(let int): String(int)
        case .uint(let uint): String(uint)
        case .double(let double) where !double.isFinite: doubleText(double)
        case .decimal(let decimal) where decimal.isInteger: decimal.description
        default: nil
        }
    }

    private static func float(_ value: Value, _ text: (ExactNumber) -> String) -> String? {
        switch value {
        case .int(let int): text(ExactNumber(Rational(int)))
        case .uint(let uint): text(ExactNumber(Rational(unsigned: uint)))
        case .decimal(let decimal): text(ExactNumber(decimal, roundsHalfAway: true))
        case .double(let double): double.isFinite ? text(ExactNumber(double)) : doubleText(double)
        default: nil
        }
    }

    private static func radix(_ value: Value, _ radix: Int) -> String? {
        switch value {
        case .int(let int): String(int, radix: radix)
        case .uint(let uint): String(uint, radix: radix)
        case .bool(let bool) where radix == 2: bool ? "1" : "0"
        default: nil
        }
    }

    private static func hexadecimal(_ value: Value) -> String? {
        switch value {
        case .string(let text): hexadecimal(text.utf8)
        case .bytes(let bytes): hexadecimal(bytes)
        case .bool: nil
        default: radix(value, 16)
        }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: Any value

    private static func text(_ value: Value) throws(EvaluationError) -> String? {
        var writer = ValueWriter()
        return try writer.write(value) ? writer.text : nil
    }
}

/// Writes any value for `%s`.
private struct ValueWriter {
    var text = ""

    /// Writes a value; false where it has no text.
    mutating func write(_ value: Value) throws(EvaluationError) -> Bool {
        try StandardLibrary.checkLength(text.utf8.count)
        switch value {
        case .list(let elements): return try write(list: elements)
        case .map(let map): return try write(map: map)
        default:
            guard let plain = try ValueWriter.plain(value) else { return false }
            text += plain
            return true
        }
    }

    private mutating func write(list: [Value]) throws(EvaluationError) -> Bool {
        text += "["
        for (position, element) in list.enumerated() {
            if position > 0 { text += ", " }
            guard try write(element) else { return false }
        }
        text += "]"
        return true
    }

    /// Writes the entries in the order of the keys' texts.
    private mutating func write(map: MapValue) throws(EvaluationError) -> Bool {
        var entries: [(key: String, value: Value)] = []
        for (key, value) in zip(map.keys, map.values) { entries.append((try ValueWriter.plain(key) ?? "", value)) }
        entries.sort { textPrecedes($0.key, $1.key) }
        text += "{"
        for (position, entry) in entries.enumerated() {
            text += (position > 0 ? ", " : "") + entry.key + ": "
            guard try write(entry.value) else { return false }
        }
        text += "}"
        return true
    }

    private static func plain(_ value: Value) throws(EvaluationError) -> String? {
        switch value {
        case .null: "null"
        case .bool(let bool): String(bool)
        case .int(let int): String(int)
        case .uint(let uint): String(uint)
        case .double(let double): plainDoubleText(double)
        case .string(let string): string
        case .bytes(let bytes): try StandardLibrary.text(of: Bytes(bytes))
        case .timestamp(let timestamp): timestamp.rfc3339
        case .duration(let duration): duration.celText
        case .decimal(let decimal): decimal.description
        case .type(let type): type.name
        default: nil
        }
    }
}
