import PlumblineKit

/// How one connection reaches its source.
///
/// A connection file sets these at its top level, beside `settings:`, where the connector's own fields stand with the
/// `base_url`:
///
/// ```yaml
/// ca_file: company-ca.pem          # PEM file with the company's certificate authorities; added to the system's own
/// proxy: proxy.example.internal:3128   # HTTP proxy that understands CONNECT; host:port
/// allowed_hosts: [files.example.internal, "sso.example.internal:8443"]   # besides the host of base_url
/// requests_per_second: 5           # evenly spaced; 10 unless given
/// timeout: 60                      # seconds for one attempt, from connecting to the last byte
/// max_response_bytes: 67108864     # per answer, after decompression; 64 MiB unless given
/// ```
public struct TransportOptions: Sendable, Hashable {
    /// PEM files of certificate authorities, trusted besides the system's. Key `ca_file`.
    public var caFiles: [String] = []
    /// The outgoing proxy. Key `proxy`.
    public var proxy: ProxyAddress?
    /// Further hosts the connection may reach, each `host` or `host:port`. Key `allowed_hosts`.
    ///
    /// Without a port an entry means 443, and 80 too when the base address itself is plain `http`.
    public var allowedHosts: [String] = []
    /// The most requests begun in a second, retries included. Key `requests_per_second`.
    public var requestsPerSecond: Double = 10
    /// The most requests under way at once.
    public var concurrentRequests = 4
    /// Time for one attempt, from connecting to the last byte. Key `timeout`.
    public var timeout: Duration = .seconds(60)
    /// Time to make a connection, TLS included.
    public var connectTimeout: Duration = .seconds(10)
    /// The longest silence while an answer is awaited or arrives.
    public var readTimeout: Duration = .seconds(30)
    /// The most bytes of one answer, after decompression. Key `max_response_bytes`.
    public var maxResponseBytes = 64 << 20
    /// How many times its compressed size a compressed answer may unpack to.
    public var maxCompressionRatio = 100
    /// When a failed request is sent again.
    public var retry = RetryPolicy()

    /// The defaults.
    public init() {}

    /// Where an outgoing proxy listens.
    public struct ProxyAddress: Sendable, Hashable {
        /// Name or address.
        public let host: String
        /// 1 to 65535.
        public let port: Int

        /// Reads `host:port`, with or without `http://` before it; nil when the text is something else.
        public init?(_ text: String) {
            let address = text.contains("://") ? text : "http://\(text)"
            guard let url = try? HTTPURL(address), !url.origin.isSecure, url.path == "/", url.query == nil,
                text.last?.isNumber == true, text.dropFirst(5).contains(":")
            else { return nil }
            host = url.origin.host
            port = url.origin.port
        }
    }
}

/// How often and how long a request is tried.
public struct RetryPolicy: Sendable, Hashable {
    /// The most times a request is sent, the first included.
    public var attempts = 4
    /// The first waiting time is random between zero and this; each later bound is twice the one before.
    public var baseDelay: Duration = .milliseconds(500)
    /// No bound grows beyond this.
    public var longestDelay: Duration = .seconds(20)
    /// No attempt begins later than this after the first. A `Retry-After` that reaches beyond it ends the attempts at
    /// once and is passed on to the host, which comes back then; requests before that end at once with what is left of it.
    public var totalTime: Duration = .seconds(120)

    /// The defaults.
    public init() {}
}
