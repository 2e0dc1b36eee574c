extension StandardLibrary {
    static func addConversions(to table: inout FunctionTable) {
        addIdentities(to: &table)
        addWholeConversions(to: &table)
        addTextConversions(to: &table)
        addDecimalConversions(to: &table)
        table.add("double") { (int: Int64) in Double(int) }
        table.add("double") { (uint: UInt64) in Double(uint) }
        table.add("double", parsedDouble)
        table.add("bool", parsedBool)
        table.add("bytes") { (text: String) in Bytes(Array(text.utf8)) }
        table.add("timestamp") { (text: String) throws(EvaluationError) in
            try wanted(Timestamp(rfc3339: text), "timestamp", text)
        }
        table.add("timestamp") { (seconds: Int64) throws(EvaluationError) in try Timestamp(seconds: seconds).inRange() }
        table.add("duration") { (text: String) throws(EvaluationError) in
            try wanted(Duration(celText: text), "duration", text)
        }
    }

    private static func addIdentities(to table: inout FunctionTable) {
        table.add("bool") { (value: Bool) in value }
        table.add("int") { (value: Int64) in value }
        table.add("uint") { (value: UInt64) in value }
        table.add("double") { (value: Double) in value }
        table.add("string") { (value: String) in value }
        table.add("bytes") { (value: Bytes) in value }
        table.add("timestamp") { (value: Timestamp) in value }
        table.add("duration") { (value: Duration) in value }
        table.add("decimal") { (value: Rational) in value }
    }

    private static func addWholeConversions(to table: inout FunctionTable) {
        table.add("int") { (uint: UInt64) throws(EvaluationError) in try fitting(Int64(exactly: uint), "int") }
        table.add("int") { (double: Double) throws(EvaluationError) in
            guard abs(double) < 9_223_372_036_854_775_808 else {
                throw .overflow(zh: "int(\(value: doubleText(double))) ", en: "int(\(value: doubleText(double)))")
            }
            return Int64(double)
        }
        table.add("int") { (text: String) throws(EvaluationError) in try wanted(Int64(text), "int", text) }
        table.add("int") { (timestamp: Timestamp) in timestamp.seconds }
        table.add("uint") { (int: Int64) throws(EvaluationError) in try fitting(UInt64(exactly: int), "uint") }
        table.add("uint") { (double: Double) throws(EvaluationError) in
            guard double > -1, double < 18_446_744_073_709_551_616 else {
                throw .overflow(zh: "uint(\(value: doubleText(double))) ", en: "uint(\(value: doubleText(double)))")
            }
            return UInt64(double)
        }
        table.add("uint") { (text: String) throws(EvaluationError) in try wanted(UInt64(text), "uint", text) }
    }

    private static func addTextConversions(to table: inout FunctionTable) {
        table.add("string") { (bool: Bool) in String(bool) }
        table.add("string") { (int: Int64) in String(int) }
        table.add("string") { (uint: UInt64) in String(uint) }
        table.add("string") { (double: Double) in doubleText(double) }
        table.add("string") { (timestamp: Timestamp) in timestamp.rfc3339 }
        table.add("string") { (duration: Duration) in duration.celText }
        table.add("string") { (decimal: Rational) in decimal.description }
        table.add("string") { (bytes: Bytes) throws(EvaluationError) in try text(of: bytes) }
    }

    private static func addDecimalConversions(to table: inout FunctionTable) {
        table.add("decimal") { (int: Int64) in Rational(int) }
        table.add("decimal") { (uint: UInt64) in Rational(unsigned: uint) }
        table.add("decimal") { (text: String) throws(EvaluationError) in
            try wanted(Rational(decimalText: text), "decimal", text)
        }
        table.add("int") { (decimal: Rational) throws(EvaluationError) in
            guard decimal.isInteger else {
                throw .invalidArgument(
                    zh: "\(value: decimal) 不是整数，int() 不做舍入",
                    en: "\(value: decimal) is no whole number; int() does not round")
            }
            return try fitting(decimal.int64, "int")
        }
    }

    // MARK: Parsing

    static func text(of bytes: Bytes) throws(EvaluationError) -> String {
        guard let text = String(validating: bytes.content, as: UTF8.self) else {
            throw .invalidArgument(zh: "字节不是 UTF-8 文本", en: "the bytes are no UTF-8 text")
        }
        return text
    }

    private static func wanted<Result>(
        _ result: Result?, _ type: String, _ text: String
    ) throws(EvaluationError) -> Result {
        guard let result else {
            throw .invalidArgument(
                zh: "“\(value: text.excerpt)”不是 \(type)", en: "'\(value: text.excerpt)' is no \(type)")
        }
        return result
    }

    private static func fitting<Result>(_ result: Result?, _ type: String) throws(EvaluationError) -> Result {
        guard let result else { throw .overflow(zh: "\(type) 放不下的数", en: "a number beyond \(type)") }
        return result
    }

    private static func parsedBool(_ text: String) throws(EvaluationError) -> Bool {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: return try wanted(nil, "bool", text)
        }
    }

    private static func parsedDouble(_ text: String) throws(EvaluationError) -> Double {
        switch text.lowercased() {
        case "nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default:
            let isDecimal = text.utf8.allSatisfy { $0.isDigit || ".+-eE".utf8.contains($0) }
            let double = try wanted(isDecimal ? Double(text) : nil, "double", text)
            return try fitting(double.isFinite ? double : nil, "double")
        }
    }
}
