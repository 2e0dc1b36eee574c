/// What the macros share: a list or map whose elements are put into slots one after another.
struct Iteration {
    let range: any Code
    let slots: [Int]

    /// Calls `body` for each element, with the macro's variables set, until it gives false. The first operand of `body`
    /// is the element of a list or the key of a map.
    func each(
        _ frame: inout Frame, _ body: (Value, inout Frame) throws(EvaluationError) -> Bool
    ) throws(EvaluationError) {
        let range = try range.value(&frame)
        switch range {
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                try bind(.int(Int64(index)), element, single: element, &frame)
                guard try body(element, &frame) else { return }
            }
        case .map(let map):
            for (key, value) in zip(map.keys, map.values) {
                try bind(key, value, single: key, &frame)
                guard try body(key, &frame) else { return }
            }
        default:
            throw misfit("a macro", [range], paths: [self.range.path])
        }
    }

    private func bind(_ first: Value, _ second: Value, single: Value, _ frame: inout Frame) throws(EvaluationError) {
        try frame.charge()
        if slots.count == 1 {
            frame.locals[slots[0]] = single
        } else {
            frame.locals[slots[0]] = first
            frame.locals[slots[1]] = second
        }
    }
}

/// `all` or `exists`: the first element that decides, even after one that failed.
final class Quantifier: Test {
    let iteration: Iteration
    let body: any Code
    /// The body's value that decides alone: true for `exists`.
    let deciding: Bool

    init(_ iteration: Iteration, _ body: any Code, deciding: Bool) {
        self.iteration = iteration
        self.body = body
        self.deciding = deciding
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        var isDecided = false
        try iteration.each(&frame) { _, frame throws(EvaluationError) in
            do throws(EvaluationError) {
                isDecided = try self.body.test(&frame) == self.deciding
            } catch {
                guard error.isAbsorbable else { throw error }
                failure = failure ?? error
            }
            return !isDecided
        }
        if let failure, !isDecided { throw failure }
        return isDecided == deciding
    }
}

/// `exists_one`.
final class ExactlyOne: Test {
    let iteration: Iteration
    let body: any Code

    init(_ iteration: Iteration, _ body: any Code) {
        self.iteration = iteration
        self.body = body
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        var count = 0
        try iteration.each(&frame) { _, frame throws(EvaluationError) in
            if try self.body.test(&frame) { count += 1 }
            return true
        }
        return count == 1
    }
}

/// `filter`: the elements, or keys, for which the body holds.
final class Filter: Code {
    let iteration: Iteration
    let body: any Code

    init(_ iteration: Iteration, _ body: any Code) {
        self.iteration = iteration
        self.body = body
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var kept: [Value] = []
        try iteration.each(&frame) { element, frame throws(EvaluationError) in
            if try self.body.test(&frame) { kept.append(element) }
            return true
        }
        return .list(kept)
    }
}

/// `map`, `transformList` or `transformMap`.
final class Transformation: Code {
    let iteration: Iteration
    let condition: (any Code)?
    let body: any Code
    let makesMap: Bool

    init(_ iteration: Iteration, condition: (any Code)?, body: any Code, makesMap: Bool) {
        self.iteration = iteration
        self.condition = condition
        self.body = body
        self.makesMap = makesMap
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [Value] = []
        var keys: [Value] = []
        try iteration.each(&frame) { _, frame throws(EvaluationError) in
            if let condition = self.condition, !(try condition.test(&frame)) { return true }
            if self.makesMap { keys.append(frame.locals[self.iteration.slots[0]]) }
            values.append(try self.body.value(&frame))
            return true
        }
        return makesMap ? .map(MapValue(Array(zip(keys, values)))) : .list(values)
    }
}

/// `optMap` or `optFlatMap`.
final class OptionalMap: Code {
    let target: any Code
    let slot: Int
    let body: any Code
    let isFlat: Bool

    init(_ target: any Code, slot: Int, body: any Code, isFlat: Bool) {
        self.target = target
        self.slot = slot
        self.body = body
        self.isFlat = isFlat
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.charge()
        let target = try target.value(&frame)
        guard case .optional(let optional) = target else { throw misfit("optMap", [target], paths: [self.target.path]) }
        guard case .some(let value) = optional else { return .optional(.none) }
        frame.locals[slot] = value
        let result = try body.value(&frame)
        guard isFlat else { return .optional(.some(result)) }
        guard case .optional = result else { throw misfit("optFlatMap", [result], paths: []) }
        return result
    }
}
