import Expressions
import Testing

@Suite struct CheckerTests {
    @Test(arguments: [
        ("record.statsu == 'solved'", "1:8: ticket has no field 'statsu'; did you mean 'status'?"),
        ("has(record.solvd_at)", "1:12: ticket has no field 'solvd_at'; did you mean 'solved_at'?"),
        ("record.xyzzy", "1:8: ticket has no field 'xyzzy'"),
        ("true &&\n  recrod.status == 'new'", "2:3: there is no variable 'recrod'; did you mean 'record'?"),
        ("record.status.length", "1:15: a value of type string has no fields, so no 'length'"),
        ("siz(record.id)", "1:1: there is no function 'siz'; did you mean 'size'?"),
        ("record.id.startWith('a')", "1:11: there is no function 'startWith'; did you mean 'startsWith'?"),
        ("record.id.startsWith(1)", "1:11: found string.startsWith(int), expected string.startsWith(string)"),
        ("record.id == 7", "1:11: == compares values of one type, found string and int"),
        ("record.id == null", "1:11: a value of type string is never null"),
        ("record.id < record.created_at", "1:11: < cannot order string and timestamp"),
        ("record.id + 1", "1:11: + does not take string and int"),
        ("record.created_at + record.created_at", "1:19: + does not take timestamp and timestamp"),
        ("record.id && true", "1:1: && takes bool, found string"),
        ("!record.id", "1:2: ! takes bool, found string"),
        ("-record.id", "1:1: - takes int, double or decimal, found string"),
        ("record.is_spam ? 1 : 'a'", "1:16: both branches of ?: must have one type, found int and string"),
        ("record.id in record.id", "1:11: in takes a list or a map on its right, found string"),
        ("1 in record.tags", "1:3: in looks for a value of type string here, found int"),
        ("record.tags['a']", "1:13: a list's index is int, found string"),
        ("record.id.all(x, true)", "1:1: the macro needs a list or a map, found string"),
        ("record.tags.exists(x, x)", "1:23: the macro's condition takes bool, found string"),
        ("{record.created_at: 1}", "1:2: a map's key is bool, int, uint or string, found timestamp"),
        ("[?record.id]", "1:3: an entry marked ? takes an optional, found string"),
        ("record.cost + 1.5", "1:13: + does not take decimal or null and double"),
        ("record.id.matches('(')", "1:19: the pattern is no regular expression: missing ): ("),
        ("1 == 1.0", "1:3: == compares values of one type, found int and double"),
    ])
    func `a mistake is refused at its place`(source: String, message: String) {
        #expect(Ticket.outcome(source) == message)
    }

    @Test func `the expected type is asked for`() throws {
        let environment = Ticket.environment
        #expect(try environment.compile("record.solved_at", expecting: .timestamp).resultType == .nullable(.timestamp))
        #expect(throws: ExpressionError.self) { try environment.compile("record.id", expecting: .bool) }
        do {
            _ = try environment.compile("record.id", expecting: .bool)
        } catch {
            #expect(error.message == "expected bool, found string")
        }
    }

    @Test(arguments: [
        ("record.created_at - record.due_at", ValueType.duration), ("[1, 2].map(x, decimal(x))", .list(.decimal)),
        ("record.tags.transformMap(i, t, size(t))", .map(.int, .int)), ("record.is_spam ? null : 1", .nullable(.int)),
        ("math.least(record.cost, 5)", .dyn), ("math.greatest(1, 2)", .int), ("record.tags[?0]", .optional(.string)),
        ("record.tags[?0].orValue('')", .string), ("optional.of(1).optMap(x, string(x))", .optional(.string)),
        ("record.cost * 2", .decimal), ("[1, 'a']", .list(.dyn)),
        ("{'a': 1, 'b': null}", .map(.string, .nullable(.int))),
        ("cel.bind(x, record.cost, x / 2)", .decimal), ("record.tags.filter(t, t != '')", .list(.string)),
    ])
    func `types are inferred`(source: String, type: ValueType) throws {
        #expect(try Ticket.environment.compile(source).resultType == type)
    }

    @Test func `the fields that are read are known`() throws {
        let source = "record.status == 'a' && has(record.due_at) && record.tags.exists(record, record == record)"
        let program = try Ticket.environment.compile(source)
        #expect(program.reads.map(\.field).sorted() == ["due_at", "status", "tags"])
        #expect(program.wholeReads.isEmpty)
        let environment = Environment(variables: [Variable(name: "source", type: .dyn)])
        let mapping = try environment.compile("source['owner'] + source.a.b + string(source)")
        #expect(mapping.reads.map(\.field).sorted() == ["a", "owner"])
        #expect(mapping.wholeReads == ["source"])
    }
}
