import PlumblineKit

/// Settings that all programs have in common, checked.
struct ProgramSettings: Sendable {
    static let command = Setting<[String]>.list(
        "command",
        LocalizedText(
            zh: "程序及其固定参数，逐项列出，不经过 shell：绝对路径、工作区内的路径，或 /usr/local/bin、/usr/bin、/bin 中的名字。参数里不要写密码",
            en:
                "The program and its first arguments, one entry each, without a shell: an absolute path, one in the workspace, or a name in /usr/local/bin, /usr/bin or /bin. No secrets in arguments"
        ))
    static let arguments = Setting<[String]>.list(
        "arguments", default: [],
        LocalizedText(zh: "附在末尾的参数", en: "Arguments behind those of the protocol"))
    static let config = Setting<NestedSetting>.nested(
        "config",
        LocalizedText(
            zh: "程序自己的配置，按其文档填写；密码写成 ${file:名称} 或 ${env:名称}，放在哪一层都可以",
            en:
                "The program's own configuration, as its documentation says; secrets as ${file:NAME} or ${env:NAME}, at any depth"
        ))
    static let environment = Setting<NestedSetting>.nested(
        "environment",
        LocalizedText(
            zh: "程序看到的环境变量；除此之外只有 PATH、HOME、TMPDIR",
            en: "The environment that the program sees; beside it only PATH, HOME and TMPDIR"))
    static let files = Setting<[String: String]>.map(
        "files", default: [:],
        LocalizedText(
            zh: "放进程序工作目录的文件：名字对应 data 文件夹中的文件",
            en: "Files for the program's working folder: a name there to a file in the data folder"))
    static let keys = Setting<NestedSetting>.nested(
        "keys",
        LocalizedText(
            zh: "每个流以哪个字段（或哪几个字段）标识一条记录；不填则用来源声明的主键",
            en: "For a stream the field, or fields, that identify a record; without it those that the source declares"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...10_000, default: 1000, unit: "records",
        LocalizedText(zh: "每页条数，一页一个事务", en: "Records in a page, which is one transaction"))

    static let fields = [
        command.field, arguments.field, config.field, environment.field, files.field, keys.field, pageSize.field,
    ]

    let command: [String]
    let arguments: [String]
    let config: JSON
    let environment: [String: String]
    let files: [String: String]
    let keys: [String: [String]]
    let pageSize: Int
    /// Hides the secrets of configuration and environment.
    let redaction: Redaction

    init(_ settings: Settings) throws(ConnectorError) {
        command = settings[Self.command]
        arguments = settings[Self.arguments]
        let config = settings[Self.config]
        guard config.members != nil else { throw .settings(field: "config", reason: "must be a map") }
        self.config = config.reveal()
        environment = try Self.variables(settings[Self.environment])
        files = settings[Self.files]
        keys = try Self.keys(settings[Self.keys])
        pageSize = settings[Self.pageSize]
        redaction = Redaction(secrets: (config.secrets + settings[Self.environment].secrets).flatMap(\.forms))
        if command.contains(where: { $0.utf8.contains(0) }) {
            throw .settings(field: "command", reason: "holds a zero byte")
        }
        for name in files.keys where name.isEmpty || name.hasPrefix(".") || name.contains("/") {
            throw .settings(field: "files", reason: "'\(name)' is no plain file name")
        }
    }

    private static func variables(_ setting: NestedSetting) throws(ConnectorError) -> [String: String] {
        guard let members = setting.members else { throw .settings(field: "environment", reason: "must be a map") }
        var variables: [String: String] = [:]
        for (name, value) in members {
            let text: String? =
                switch value {
                case .secret(let secret): secret.reveal()
                case .value(.bool(let flag)): flag ? "true" : "false"
                case .value(let value): value.scalarText
                default: nil
                }
            guard let text, !name.isEmpty, !name.contains("="), !(name + text).utf8.contains(0) else {
                throw .settings(field: "environment", reason: "'\(name)' must be a name with one text")
            }
            variables[name] = text
        }
        return variables
    }

    private static func keys(_ setting: NestedSetting) throws(ConnectorError) -> [String: [String]] {
        guard let members = setting.members else {
            throw .settings(field: "keys", reason: "must be a map such as {people: id}")
        }
        var keys: [String: [String]] = [:]
        for (stream, value) in members {
            guard let fields = value.texts, !fields.isEmpty, !fields.contains("") else {
                throw .settings(field: "keys", reason: "'\(stream)' must have the name of a field, or several")
            }
            keys[stream] = fields
        }
        return keys
    }
}

extension Secret {
    /// How the secret may be written by a program that tells it: as it is, within JSON, and line by line.
    fileprivate var forms: [String] {
        let text = reveal()
        let lines = text.split(whereSeparator: \.isNewline).map(String.init).filter { $0.utf8.count >= 8 }
        return [text, String(JSON.string(text).text.dropFirst().dropLast())] + lines
    }
}

// MARK: - What is started

extension ProgramSettings {
    /// The most that a file for a program may have, in bytes.
    private static var longestFile: Int { 64 << 20 }

    /// The order for a call: the command, `arguments` of the protocol, those of the settings; `config.json` is always there.
    func order(
        _ arguments: [String], _ contents: [String: JSON] = [:], given: [String: [UInt8]]
    ) -> ProgramOrder {
        var order = ProgramOrder(
            command: command + arguments + self.arguments, environment: environment, files: given, redaction: redaction)
        order.files["config.json"] = config.bytes
        for (name, content) in contents { order.files[name] = content.bytes }
        return order
    }

    func order(_ arguments: [String], from source: any FileSource) async throws(ConnectorError) -> ProgramOrder {
        order(arguments, given: try await given(from: source))
    }

    /// The contents of `files`.
    func given(from source: any FileSource) async throws(ConnectorError) -> [String: [UInt8]] {
        var given: [String: [UInt8]] = [:]
        for (name, file) in files { given[name] = try await read(file, from: source) }
        return given
    }

    /// A hash of the files that `arguments` name, as a manifest: they decide how the program reads. Others are data, which may
    /// change from run to run. Nil where there are none.
    func fingerprint(of given: [String: [UInt8]]) -> String? {
        let named = given.filter { file in
            arguments.contains { $0 == file.key || $0.hasSuffix("=\(file.key)") }
        }
        if named.isEmpty { return nil }
        return ContentHash.of(
            named.sorted { $0.key < $1.key }.map { "\($0.key):\(ContentHash.of($0.value))" }.joined(separator: "|").utf8
        )
    }

    private func read(_ name: String, from source: any FileSource) async throws(ConnectorError) -> [UInt8] {
        let size = try await source.stamp(of: name).size
        guard size <= Self.longestFile else {
            throw .settings(field: "files", reason: "'\(name)' has \(size) bytes, more than \(Self.longestFile)")
        }
        return try await source.bytes(of: name, at: 0, upTo: Self.longestFile)
    }
}

extension ProgramLauncher {
    /// Runs a program that answers and ends.
    func answer(to order: ProgramOrder) async throws(ConnectorError) -> (lines: [ProgramLine], end: ProgramEnd) {
        let program = try await start(order)
        do throws(ConnectorError) {
            var lines: [ProgramLine] = []
            var size = 0
            while let more = try await program.lines() {
                lines += more
                size += more.reduce(0) { $0 + $1.bytes.count }
                if size > 64 << 20 { throw .unexpected(reason: "the program answered with more than 64 MiB") }
            }
            return (lines, try await program.end())
        } catch {
            await program.stop()
            throw error
        }
    }
}
