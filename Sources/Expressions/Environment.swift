/// What the expressions of one kind may use: variables, record schemas, functions of the host.
public struct Environment: Sendable {
    /// How strict numbers are.
    public enum Arithmetic: Sendable {
        /// As CEL says.
        case standard
        /// For indicators: every integer division is refused, for it drops the remainder.
        case exact
    }

    /// The namespace in which names are looked up first.
    public let container: String
    /// The variables, in the order in which ``Program/evaluate(_:stepBudget:)`` wants their values.
    public let variables: [Variable]
    /// How strict numbers are.
    public let arithmetic: Arithmetic

    let schemas: [String: RecordSchema]
    let functions: [String: [FunctionForm]]

    /// An environment; where variables or schemas share a name the first counts, and where functions do, the last one's
    /// forms are tried first and the library's last.
    public init(
        container: String = "",
        variables: [Variable],
        schemas: [RecordSchema] = [],
        functions: [HostFunction] = [],
        arithmetic: Arithmetic = .standard
    ) {
        self.container = container
        self.variables = variables
        let hosted = functions.map { ($0.name, $0.forms) }
        self.functions = StandardLibrary.functions.merging(hosted, uniquingKeysWith: { $1 + $0 })
        self.arithmetic = arithmetic
        self.schemas = Dictionary(schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads, checks and compiles an expression.
    ///
    /// - Parameters:
    ///   - source: The expression.
    ///   - checked: Whether types and names are checked; without it they are looked up when the expression runs.
    ///   - expected: The type that the result must have; a nullable result fits where its value would.
    /// - Returns: The compiled expression.
    /// - Throws: The first mistake, with its place.
    public func compile(
        _ source: String, checked: Bool = true, expecting expected: ValueType? = nil
    ) throws(ExpressionError) -> Program {
        let tree = try Parser.parse(source)
        var checker = Checker(environment: self, source: source, isStrict: checked)
        let result = try checker.check(tree)
        if let expected, !result.type.fits(expected) {
            throw ExpressionError("expected \(expected), found \(result.type)", at: tree.offset, in: source)
        }
        return Program(
            source: source, resultType: result.type, reads: checker.reads, wholeReads: checker.wholeReads,
            plainRead: result.plainRead, equations: result.equations, code: try code(result, source),
            slotCount: checker.slotCount, viewed: viewed(checker.reads))
    }

    /// A bit for each of the first variables whose fields are read.
    private func viewed(_ reads: Set<FieldRead>) -> UInt8 {
        let read = Set(reads.map(\.variable))
        let indexes = variables.prefix(SlotViews.count).indices.filter { read.contains(variables[$0].name) }
        return indexes.reduce(0) { $0 | 1 << UInt8($1) }
    }

    private func code(_ result: Checked, _ source: String) throws(ExpressionError) -> any Code {
        do {
            return try Compiler(arithmetic: arithmetic).code(result)
        } catch {
            throw ExpressionError(error.message, at: error.offset, in: source)
        }
    }
}
