internal import Expressions
internal import Indicators
public import PlumblineKit
internal import YAMLDocument

/// An expression that a person tries at a prompt, with every function a mapping or an indicator has.
///
/// Working time follows the product's first calendar.
public struct PromptExpression {
    private let source: String

    /// An expression as typed; it is checked when it is evaluated.
    public init(_ source: String) { self.source = source }

    /// A value as a person and as a program read it.
    public struct Result: Sendable {
        /// The value; exact numbers and times are texts.
        public let json: JSON
        /// The name of its CEL type, such as `int` or `google.protobuf.Timestamp`.
        public let typeText: String

        /// The value's text: a string as it is, everything else as JSON.
        public var text: String { json.string ?? json.text }
    }

    /// Evaluates the expression over `record`, which it reads as `source` and as `record`.
    ///
    /// - Throws: `HostError.invalid` with line and column, or with the reason why there is no value.
    public func evaluate(_ record: JSON) throws(HostError) -> Result {
        let environment = Environment(
            variables: ["source", "record"].map { Variable(name: $0, type: .dyn) },
            schemas: [.interval, .ownerInterval], functions: try functions())
        let program: Program
        do throws(ExpressionError) {
            program = try environment.compile(source)
        } catch {
            throw .invalid("\(error.line):\(error.column): \(error.message)")
        }
        let value = Value(record)
        do throws(EvaluationError) {
            let result = try program.evaluate([value, value])
            return Result(json: result.json, typeText: result.typeName.name)
        } catch {
            throw .invalid(error.message)
        }
    }

    private func functions() throws(HostError) -> [HostFunction] {
        let name = ProductCatalogue.calendars.first ?? ""
        let document: YAMLNode?
        do throws(Problem) {
            document = try ProductCatalogue.calendar(name)
        } catch {
            throw .invalid("\(error)")
        }
        guard let document, let calendar = WorkCalendarReader(log: ProblemLog()).calendar(document, named: name) else {
            throw .invalid("the product has no calendar")
        }
        return WorkFunctions(calendar: calendar).all + MappingFunctions(zone: calendar.zone).all
    }
}
