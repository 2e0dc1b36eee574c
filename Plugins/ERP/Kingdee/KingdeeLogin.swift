import PlumblineKit

/// Our way in: a signature on each request, or a login before the first.
struct KingdeeLogin: Sendable {
    private let access: KingdeeAccess
    private let signer: KingdeeSigner?
    private let canSign: Bool
    /// The method that opens a session, with its body; nil where requests are signed.
    let call: (method: String, body: JSON)?

    /// Refuses settings that lack an id or a secret.
    init(
        settings: Settings, hash: (@Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8])?
    ) throws(ConnectorError) {
        access = KingdeeAccess(rawValue: settings[KingdeeSettings.access]) ?? .signature
        canSign = hash != nil
        switch access {
        case .signature:
            signer = try KingdeeSigner(settings: settings, hash: hash ?? { _, _ in [] })
            call = nil
        case .appSecret:
            let (id, secret) = try Self.application(settings)
            (signer, call) = (
                nil,
                Self.call(
                    "LoginByAppSecret", settings,
                    [("appId", .string(id.reveal())), ("appSecret", .string(secret.reveal()))])
            )
        case .password:
            guard let password = settings[KingdeeSettings.password] else {
                throw .settings(field: KingdeeSettings.password.field.key, reason: "access password needs a password")
            }
            (signer, call) = (
                nil, Self.call("ValidateUser", settings, [("password", .string(password.reveal()))])
            )
        }
    }

    /// The headers that prove who asks; none where a session does.
    func headers(for url: String, at now: Instant) throws(ConnectorError) -> HTTPHeaders {
        guard let signer else { return HTTPHeaders() }
        guard canSign else {
            throw .unexpected(reason: "the host offers no HMAC, without which requests cannot be signed")
        }
        guard let path = (try? HTTPURL(url))?.path else {
            throw .unexpected(reason: "the address of a call cannot be read: see 'base_url'")
        }
        return signer.headers(path: path, seconds: now.microseconds / 1_000_000)
    }

    /// The id and secret of our application.
    static func application(_ settings: Settings) throws(ConnectorError) -> (id: Secret, secret: Secret) {
        guard let id = settings[KingdeeSettings.appID] else {
            throw .settings(field: KingdeeSettings.appID.field.key, reason: "this way of access needs an app_id")
        }
        guard let secret = settings[KingdeeSettings.appSecret] else {
            throw .settings(
                field: KingdeeSettings.appSecret.field.key, reason: "this way of access needs an app_secret")
        }
        return (id, secret)
    }

    private static func call(
        _ method: String, _ settings: Settings, _ proof: [(String, JSON)]
    ) -> (method: String, body: JSON) {
        let whose = [
            ("acctID", JSON.string(settings[KingdeeSettings.dataCentre])),
            ("username", .string(settings[KingdeeSettings.username])),
        ]
        let members = whose + proof + [("lcid", .int(settings[KingdeeSettings.language]))]
        guard !settings[KingdeeSettings.namesLogin] else { return (method, .object(JSONObject(members))) }
        return (method, ["parameters": .array(members.map(\.1))])
    }
}

extension KingdeeSigner {
    fileprivate init(
        settings: Settings, hash: @escaping @Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8]
    ) throws(ConnectorError) {
        let (id, secret) = try KingdeeLogin.application(settings)
        self.init(
            dataCentre: settings[KingdeeSettings.dataCentre], username: settings[KingdeeSettings.username], appID: id,
            appSecret: secret, language: settings[KingdeeSettings.language],
            organization: settings[KingdeeSettings.organizationNumber], hash: hash)
    }
}
