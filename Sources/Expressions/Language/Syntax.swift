/// An expression as it was written, macros expanded.
struct Syntax {
    indirect enum Kind {
        case literal(Value)
        /// A name; absolute when a dot stands before it.
        case name(String, isAbsolute: Bool)
        /// `operand.field` or `operand.?field`.
        case select(Syntax, Field, isOptional: Bool)
        /// `has(operand.field)`, or `has(operand.?field)`.
        case has(Syntax, Field, isOptional: Bool)
        /// `operand[key]` or `operand[?key]`.
        case index(Syntax, Syntax, isOptional: Bool)
        case call(String, target: Syntax?, [Syntax])
        case and([Syntax])
        case or([Syntax])
        case conditional(Syntax, Syntax, Syntax)
        case not(Syntax)
        case negate(Syntax)
        case operation(Operator, Syntax, Syntax)
        case list([Element])
        case map([Entry])
        case comprehension(Comprehension)
        case bind(String, Syntax, Syntax)
        /// `target.optMap(name, body)`, or optFlatMap, whose body gives an optional itself.
        case optionalMap(Syntax, String, Syntax, isFlat: Bool)
    }

    struct Field {
        let name: String
        let offset: Int
        let isQuoted: Bool
    }

    struct Element {
        let value: Syntax
        let isOptional: Bool
    }

    struct Entry {
        let key: Syntax
        let value: Syntax
        let isOptional: Bool
    }

    let kind: Kind
    /// Where messages point to.
    let offset: Int
    /// How many levels the tree has.
    let depth: Int
}

enum Operator: String {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contained = "in"

    /// How tightly it binds, above `||` with 1 and `&&` with 2.
    var precedence: Int {
        switch self {
        case .multiply, .divide, .remainder: 5
        case .add, .subtract: 4
        default: 3
        }
    }
}

/// A macro over the elements of a list or the keys of a map.
struct Comprehension {
    enum Kind {
        case all
        case exists
        case existsOne
        /// The elements or keys for which the body holds.
        case filter
        /// A list of the body's values.
        case list
        /// A map from the same keys to the body's values.
        case map
    }

    let kind: Kind
    let range: Syntax
    /// One name for the element or key, or two for index or key, and value.
    let names: [String]
    let condition: Syntax?
    let body: Syntax
}

extension Syntax.Kind {
    /// The expressions directly inside.
    var children: [Syntax] {
        switch self {
        case .literal, .name: []
        case .select(let operand, _, _), .has(let operand, _, _), .not(let operand), .negate(let operand): [operand]
        case .index(let left, let right, _), .operation(_, let left, let right), .bind(_, let left, let right),
            .optionalMap(let left, _, let right, _):
            [left, right]
        case .call(_, let target, let arguments): [target].compactMap { $0 } + arguments
        case .and(let operands), .or(let operands): operands
        case .conditional(let condition, let first, let second): [condition, first, second]
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let comprehension): comprehension.children
        }
    }
}

extension Comprehension {
    var children: [Syntax] { [range, body] + [condition].compactMap { $0 } }
}
