extension StandardLibrary {
    static func addMath(to table: inout FunctionTable) {
        addExtremes("math.least", keeping: .before, to: &table)
        addExtremes("math.greatest", keeping: .after, to: &table)
        addRounding(to: &table)
        addSigns(to: &table)
        addBits(to: &table)
        addShifts(to: &table)
    }

    // MARK: Least and greatest

    /// `name(a, b, ...)` and `name([a, b, ...])`: the number that is `order` all others; of equal ones the first.
    private static func addExtremes(_ name: String, keeping order: Order, to table: inout FunctionTable) {
        let pick: FunctionForm.Variadic = { numbers throws(EvaluationError) in try extreme(name, order, numbers) }
        for type in [ValueType.int, .uint, .double, .decimal, .dyn] {
            let list = FunctionForm.Body.unary(pickElement(pick))
            table.add(name, FunctionForm(parameters: [.list(type)], result: type, isMember: false, body: list))
        }
        for type in [ValueType.int, .uint, .double, .decimal, .dyn] {
            let several = FunctionForm.Body.variadic(pick)
            let form = FunctionForm(
                parameters: [type], result: type, isMember: false, isVariadic: true, body: several)
            table.add(name, form)
        }
    }

    private static func pickElement(_ pick: @escaping FunctionForm.Variadic) -> FunctionForm.Unary {
        { list throws(EvaluationError) in
            guard case .list(let numbers) = list else { throw misfit("least and greatest", [list], paths: []) }
            return try pick(numbers)
        }
    }

    private static func extreme(
        _ name: String, _ wanted: Order, _ numbers: [Value]
    ) throws(EvaluationError) -> Value {
        guard var best = numbers.first else {
            throw .invalidArgument(zh: "\(name) 至少需要一个数", en: "\(name) needs at least one number")
        }
        for number in numbers {
            guard let order = numericOrder(number, best) else { throw misfit(name, [number, best], paths: []) }
            if order == wanted { best = number }
        }
        return best
    }

    // MARK: Rounding

    private static func addRounding(to table: inout FunctionTable) {
        table.add("math.ceil") { (double: Double) in double.rounded(.up) }
        table.add("math.floor") { (double: Double) in double.rounded(.down) }
        table.add("math.round") { (double: Double) in double.rounded(.toNearestOrAwayFromZero) }
        table.add("math.trunc") { (double: Double) in double.rounded(.towardZero) }
        table.add("math.isNaN") { (double: Double) in double.isNaN }
        table.add("math.isInf") { (double: Double) in double.isInfinite }
        table.add("math.isFinite") { (double: Double) in double.isFinite }
        table.add("math.sqrt") { (double: Double) in double.squareRoot() }
        table.add("math.sqrt") { (int: Int64) in Double(int).squareRoot() }
        table.add("math.sqrt") { (uint: UInt64) in Double(uint).squareRoot() }
    }

    private static func addSigns(to table: inout FunctionTable) {
        table.add("math.abs") { (int: Int64) throws(EvaluationError) in
            guard int != .min else { throw .overflow(zh: "math.abs(\(value: int)) ", en: "math.abs(\(value: int))") }
            return abs(int)
        }
        table.add("math.abs") { (uint: UInt64) in uint }
        table.add("math.abs") { (double: Double) in abs(double) }
        table.add("math.abs") { (decimal: Rational) in decimal.magnitude }
        table.add("math.sign") { (int: Int64) in int.signum() }
        table.add("math.sign") { (uint: UInt64) in uint == 0 ? UInt64(0) : 1 }
        table.add("math.sign") { (double: Double) in double > 0 ? 1 : double < 0 ? -1 : double }
        table.add("math.sign") { (decimal: Rational) in Rational(Int64(decimal.signum)) }
    }

    // MARK: Bits

    private static func addBits(to table: inout FunctionTable) {
        table.add("math.bitAnd") { (left: Int64, right: Int64) in left & right }
        table.add("math.bitAnd") { (left: UInt64, right: UInt64) in left & right }
        table.add("math.bitOr") { (left: Int64, right: Int64) in left | right }
        table.add("math.bitOr") { (left: UInt64, right: UInt64) in left | right }
        table.add("math.bitXor") { (left: Int64, right: Int64) in left ^ right }
        table.add("math.bitXor") { (left: UInt64, right: UInt64) in left ^ right }
        table.add("math.bitNot") { (int: Int64) in ~int }
        table.add("math.bitNot") { (uint: UInt64) in ~uint }
    }

    private static func addShifts(to table: inout FunctionTable) {
        table.add("math.bitShiftLeft") { (int: Int64, count: Int64) throws(EvaluationError) in
            int << (try shift(count))
        }
        table.add("math.bitShiftLeft") { (uint: UInt64, count: Int64) throws(EvaluationError) in
            uint << (try shift(count))
        }
        table.add("math.bitShiftRight") { (int: Int64, count: Int64) throws(EvaluationError) in
            Int64(bitPattern: UInt64(bitPattern: int) >> (try shift(count)))
        }
        table.add("math.bitShiftRight") { (uint: UInt64, count: Int64) throws(EvaluationError) in
            uint >> (try shift(count))
        }
    }

    private static func shift(_ count: Int64) throws(EvaluationError) -> Int64 {
        guard count >= 0 else {
            throw .invalidArgument(zh: "不能移动 \(value: count) 位", en: "a shift by \(value: count) bits")
        }
        return count
    }
}
