public import Expressions
public import YAMLDocument

/// An expression as a definition writes it, with the place it stands at.
public struct ExpressionText: Sendable, Hashable {
    /// The expression itself.
    public let text: String
    /// The YAML scalar that holds it.
    public let node: YAMLNode

    /// The expression that `node` holds; nil where it is absent, empty, a list or a map.
    public init?(_ node: YAMLNode?) {
        guard let node, let text = node.text else { return nil }
        self.text = text
        self.node = node
    }

    /// An expression that a definition leaves out because it goes without saying, placed where `node` stands.
    init(implied text: String, at node: YAMLNode) {
        self.text = text
        self.node = node
    }

    /// Where the expression begins.
    public var place: SourcePlace { node.place }
}

extension Environment {
    /// Compiles a definition's expression; logs what is wrong at its place and gives nil.
    public func compile(
        _ expression: ExpressionText, as what: String, expecting: ValueType? = nil, log: ProblemLog
    ) -> Program? {
        do throws(ExpressionError) {
            return try compile(expression.text, expecting: expecting)
        } catch {
            log.add(expression.node.place(line: error.line, column: error.column), "\(what): \(error.message)")
            return nil
        }
    }
}

/// Whether `text` is a decimal number from 0 to 1.
func isShare(_ text: String) -> Bool { Rational(decimalText: text).map { $0 >= .zero && $0 <= .one } ?? false }

/// Whether `text` is a decimal number such as `0.9`.
func isDecimalNumber(_ text: String) -> Bool { Rational(decimalText: text) != nil }
