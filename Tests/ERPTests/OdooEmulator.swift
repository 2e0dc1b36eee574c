import PlumblineKit
import PlumblineTesting

/// An Odoo in memory that speaks JSON-2 and JSON-RPC over the same data, written from the notes on Odoo. The sections of the
/// notes, and the rules that stem from them:
///
/// - JSON-RPC: `POST /jsonrpc`, `common.version`, `common.login` (false where refused), `object.execute_kw`; errors with status
///   200 and `error.data` with name, message, arguments and a traceback under `debug`.
/// - JSON-2: `POST /json/2/<model>/<method>` with a bearer key and `X-Odoo-Database`, named parameters, a bare value; errors
///   with 401, 403, 404, 422 and 500 and a body with the same members (UNC). `GET /web/version` needs no key.
/// - Data rules: pairs for many2one with what is shown of the row (its name, or a path or a code with it), false for what is
///   empty, lists of ids, times in UTC without a zone; domains with prefix operators; archived records hidden
///   unless `active_test` is false; no trace of what is deleted; what is computed and not stored moves no `write_date`.
/// - Limits: 429 on Online (UNC); a limit of a few hundred rows.
///
/// Not confirmed (UNC): that `write_date` is kept to the microsecond and told, and asked for, to the second: the harder case is
/// emulated. Which status an unknown field has (500 here), what a missing or wrong database says (404), that domains follow
/// links with points. Of the notes, these are not emulated and are faults when asked: `child_of`, other methods and services,
/// writing, searches without an order that ends with the id.
struct OdooEmulator: EmulatedSystem {
    struct Field {
        let type: String
        var relation: String?
        /// What is computed when it is asked for cannot be searched by, and moves no `write_date`.
        var isStored = true

        init(_ type: String, _ relation: String? = nil, isStored: Bool = true) {
            (self.type, self.relation, self.isStored) = (type, relation, isStored)
        }
    }

    struct Row {
        var values: [String: JSON]
        var created: Instant
        var written: Instant
    }

    struct Model {
        var fields: [String: Field]
        var rows: [Int: Row] = [:]
        /// Whether the key's user has no right to read it; its fields are told all the same (UNC).
        var isForbidden = false

        init(_ fields: [String: Field]) {
            let own: [String: Field] = [
                "id": Field("integer"), "create_date": Field("datetime"), "write_date": Field("datetime"),
                "display_name": Field("char"),
            ]
            self.fields = fields.merging(own) { $1 }
        }
    }

    /// Why a call fails: a status of JSON-2, and an exception's name and message.
    struct Failure: Error {
        let status: Int
        let name: String
        let message: String
    }

    static let key = "6b1f0c9e8d7a4f3e2b1a0c9d8e7f6a5b4c3d2e1f"
    static let username = "gateway"
    static let database = "company"
    static let uid = 7
    /// What stands in tracebacks, and nowhere else.
    static let traceback = "Traceback (most recent call last): postgres://odoo:pg-word-9@db"

    var models: [String: Model] = [:]
    var version = "19.0"
    /// Whether the server has more than one database, so that a request has to name one.
    var hasSeveralDatabases = true
    var isKeyWithdrawn = false
    /// The key ends with the request of this number, from 1.
    var keyLife: Int?
    /// For Online.
    var window: RequestWindow?
    /// What was asked that the notes do not know.
    var faults: [String] = []
    private(set) var logins = 0
    private var keyed = 0

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if let seconds = window?.refuse(at: now) {
            return .response(status: 429, headers: ["Retry-After": String(seconds)], body: Array("Too Many".utf8))
        }
        if request.method == "GET", request.path == "/web/version" {
            return .json(#"{"version_info":[19,0,0,"final",0,""],"version":"\#(version)"}"#)
        }
        guard request.method == "POST", request.headers["Content-Type"] == "application/json",
            let body = try? JSON.parse(request.body)
        else {
            faults.append("\(request): not a POST of JSON")
            return .text("not found", status: 404)
        }
        if request.path == "/jsonrpc" { return remoteCall(body) }
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.count == 4, parts[0] == "json", parts[1] == "2" else {
            faults.append("\(request): unknown address")
            return .text("not found", status: 404)
        }
        return directCall(request, model: parts[2], method: parts[3], body)
    }

    /// Whether the key is good for one more call.
    private mutating func takesKey(_ key: String?) -> Bool {
        keyed += 1
        if let keyLife, keyed > keyLife { isKeyWithdrawn = true }
        return key == Self.key && !isKeyWithdrawn
    }
}

// MARK: - JSON-2

extension OdooEmulator {
    private mutating func directCall(
        _ request: EmulatedRequest, model: String, method: String, _ body: JSON
    ) -> CannedAnswer {
        let database = request.headers["X-Odoo-Database"]
        guard database == Self.database || (database == nil && !hasSeveralDatabases) else {
            return .text("<!doctype html><title>404 Not Found</title>", status: 404)
        }
        let words = (request.headers["Authorization"] ?? "").split(separator: " ").map(String.init)
        guard words.first == "bearer", takesKey(words.last) else {
            return Self.answer(
                Failure(status: 401, name: "werkzeug.exceptions.Unauthorized", message: "Invalid apikey"))
        }
        let known = ["ids", "context", "domain", "fields", "offset", "limit", "order", "allfields", "attributes"]
        guard let given = body.object, given.members.allSatisfy({ known.contains($0.key) }) else {
            faults.append("\(request): \(body)")
            return Self.answer(Failure(status: 422, name: "builtins.TypeError", message: "unexpected keyword argument"))
        }
        do throws(Failure) {
            if models[model] == nil {
                throw Failure(
                    status: 404, name: "werkzeug.exceptions.NotFound", message: "the model '\(model)' does not exist")
            }
            return .json(try call(model, method, given).text)
        } catch {
            return Self.answer(error)
        }
    }

    private static func answer(_ failure: Failure) -> CannedAnswer {
        let body: JSON = [
            "name": .string(failure.name), "message": .string(failure.message),
            "arguments": [.string(failure.message)], "context": [:], "debug": .string(traceback),
        ]
        return .json(body.text, status: failure.status)
    }
}

// MARK: - JSON-RPC

extension OdooEmulator {
    private mutating func remoteCall(_ body: JSON) -> CannedAnswer {
        let id = body["id"] ?? .null
        guard body["jsonrpc"] == "2.0", body["method"] == "call", let params = body["params"],
            let service = params["service"]?.string, let method = params["method"]?.string,
            let arguments = params["args"]?.array
        else {
            faults.append("\(body)")
            return .text("bad request", status: 400)
        }
        do throws(Failure) {
            let result = try remoteResult(service, method, arguments)
            return .json((["jsonrpc": "2.0", "id": id, "result": result] as JSON).text)
        } catch {
            let data: JSON = [
                "name": .string(error.name), "debug": .string(Self.traceback), "message": .string(error.message),
                "arguments": [.string(error.message)], "context": [:],
            ]
            let failure: JSON = ["code": 200, "message": "Odoo Server Error", "data": data]
            return .json((["jsonrpc": "2.0", "id": id, "error": failure] as JSON).text)
        }
    }

    private mutating func remoteResult(
        _ service: String, _ method: String, _ arguments: [JSON]
    ) throws(Failure) -> JSON {
        switch (service, method) {
        case ("common", "version"): return ["server_version": .string(version), "protocol_version": 1]
        case ("common", "login"):
            logins += 1
            let wanted: [JSON] = [.string(Self.database), .string(Self.username), .string(Self.key)]
            return arguments == wanted && !isKeyWithdrawn ? .int(Self.uid) : false
        case ("object", "execute_kw"): return try execute(arguments)
        default:
            faults.append("\(service).\(method)")
            throw Failure(status: 404, name: "builtins.KeyError", message: service)
        }
    }

    private mutating func execute(_ arguments: [JSON]) throws(Failure) -> JSON {
        guard arguments.count == 7, let model = arguments[3].string, let method = arguments[4].string,
            let positional = arguments[5].array, var named = arguments[6].object
        else {
            faults.append("execute_kw \(arguments)")
            throw Failure(status: 422, name: "builtins.TypeError", message: "missing arguments")
        }
        guard arguments[0] == .string(Self.database) else {
            throw Failure(status: 404, name: "psycopg2.OperationalError", message: "database does not exist")
        }
        guard arguments[1].int == Self.uid, takesKey(arguments[2].string) else {
            throw Failure(status: 401, name: "odoo.exceptions.AccessDenied", message: "Access Denied")
        }
        if let domain = positional.first {
            guard method != "fields_get" else {
                throw Failure(status: 422, name: "builtins.TypeError", message: "unexpected argument")
            }
            named["domain"] = domain
        }
        return try call(model, method, named)
    }
}

// MARK: - Both

extension OdooEmulator {
    private mutating func call(_ name: String, _ method: String, _ arguments: JSONObject) throws(Failure) -> JSON {
        guard let model = models[name] else {
            throw Failure(status: 404, name: "odoo.exceptions.UserError", message: "Object \(name) doesn't exist")
        }
        guard !model.isForbidden || method == "fields_get" else {
            throw Failure(
                status: 403, name: "odoo.exceptions.AccessError",
                message: "You are not allowed to access '\(name)' (\(name)) records.")
        }
        switch method {
        case "fields_get": return Self.told(model.fields)
        case "search_count":
            let query = OdooQuery(models: models, context: arguments["context"])
            return .int(try noted { () throws(Failure) in try query.rows(of: name, arguments["domain"]).count })
        case "search_read":
            let query = OdooQuery(models: models, context: arguments["context"])
            return try noted { () throws(Failure) in try query.read(name, arguments) }
        default:
            faults.append("\(name).\(method)")
            throw Failure(status: 404, name: "builtins.AttributeError", message: "no method \(method)")
        }
    }

    private static func told(_ fields: [String: Field]) -> JSON {
        .object(
            JSONObject(
                fields.sorted { $0.key < $1.key }.map { name, field in
                    var member: JSONObject = ["type": .string(field.type), "store": .bool(field.isStored)]
                    member["relation"] = field.relation.map(JSON.string)
                    return (name, .object(member))
                }))
    }

    /// What the server does not understand is a fault of ours.
    private mutating func noted<Value>(_ work: () throws(Failure) -> Value) throws(Failure) -> Value {
        do throws(Failure) {
            return try work()
        } catch {
            faults.append(error.message)
            throw error
        }
    }
}
