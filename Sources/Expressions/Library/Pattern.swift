internal import CRE2
internal import Synchronization

/// A regular expression, matched in time linear in the text (RE2).
final class Pattern: Sendable {
    /// The bytes that a compiled pattern may take.
    private static let memory: Int64 = 1 << 20

    private let handle: Handle

    init(_ pattern: String, at offset: Int = 0) throws(PatternError) {
        guard let handle = Handle(pattern, memory: Pattern.memory) else {
            throw PatternError(reason: "out of memory", offset: offset)
        }
        if let reason = handle.error { throw PatternError(reason: reason, offset: offset) }
        self.handle = handle
    }

    /// How many instructions the compiled pattern has.
    var size: Int { Int(cre2_size(handle.pointer)) }

    /// The steps of matching a value of this weight: a text is walked with more states the longer the pattern is.
    func steps(weight: Int) -> Int { 1 + weight * (1 + size / 64) }

    /// Whether any part of the text matches.
    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { cre2_find(handle.pointer, $0.baseAddress, $0.count) }
    }
}

/// Why a regular expression is none.
struct PatternError: Error {
    let reason: String
    let offset: Int

    var message: String { "the pattern is no regular expression: \(reason)" }
}

/// Owns a compiled pattern.
///
/// `@unchecked`: the pattern never changes between its making and its end, and RE2 matches from several threads at once.
private final class Handle: @unchecked Sendable {
    let pointer: OpaquePointer

    init?(_ pattern: String, memory: Int64) {
        var pattern = pattern
        guard let pointer = pattern.withUTF8({ cre2_compile($0.baseAddress, $0.count, memory) }) else { return nil }
        self.pointer = pointer
    }

    var error: String? {
        cre2_error(pointer).map { String(cString: $0) }
    }

    deinit { cre2_free(pointer) }
}

/// `matches` with a pattern known when compiling.
final class PatternTest: Test {
    let operand: any Code
    let pattern: Pattern

    init(_ operand: any Code, _ pattern: Pattern) {
        self.operand = operand
        self.pattern = pattern
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let value = try operand.value(&frame)
        try frame.charge(pattern.steps(weight: value.weight))
        guard case .string(let text) = value else { throw misfit("matches", [value], paths: [operand.path]) }
        return pattern.matches(text)
    }
}

/// `matches` with a pattern that comes with the data.
enum DynamicPattern {
    private static let recent = Mutex<[Text: Pattern]>([:])
    private static let kept = 64

    static func matches(_ text: String, _ pattern: String) throws(EvaluationError) -> Bool {
        try find(pattern).matches(text)
    }

    /// The steps of compiling the pattern, whether it is known or not, and of matching.
    static func steps(_ operands: [Value]) -> Int {
        guard case .string(let text)? = operands.last, let pattern = try? find(text) else { return 1 }
        return pattern.size + pattern.steps(weight: operands[0].weight)
    }

    private static func find(_ text: String) throws(EvaluationError) -> Pattern {
        let key = Text(string: text)
        if let known = recent.withLock({ $0[key] }) { return known }
        let pattern: Pattern
        do {
            pattern = try Pattern(text)
        } catch {
            throw .invalidArgument(zh: "正则表达式有误：“\(value: error.message)”", en: "\(value: error.message)")
        }
        recent.withLock { recent in
            if recent.count >= kept { recent.remove(at: recent.startIndex) }
            recent[key] = pattern
        }
        return pattern
    }
}
