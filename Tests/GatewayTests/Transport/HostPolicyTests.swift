import PlumblineKit
import Testing

@testable import Gateway

@Suite struct HostPolicyTests {
    private func policy(_ base: String, _ allowed: [String] = []) throws -> HostPolicy {
        try HostPolicy(base: HTTPURL(base), allowedHosts: allowed)
    }

    @Test(arguments: [
        "https://rt.example/REST/2.0", "https://RT.example./x", "https://rt.example:443/", "https://files.example/a",
        "https://sso.example:8443/", "https://[2001:db8::1]:8443/",
    ])
    func `the hosts that the connection names pass`(url: String) throws {
        let policy = try policy("https://rt.example", ["files.example", "sso.example:8443", "[2001:db8::1]:8443"])
        try policy.check(HTTPURL(url))
    }

    @Test(arguments: [
        "https://rt.example:8443/", "http://rt.example/", "https://sub.rt.example/", "https://files.example:444/",
        "http://files.example/", "https://sso.example/", "https://evil.example/",
    ])
    func `other hosts and ports are stopped, and the error names what is allowed`(url: String) throws {
        let policy = try policy("https://rt.example", ["files.example", "sso.example:8443"])
        let url = try HTTPURL(url)
        let error = #expect(throws: ConnectorError.self) { try policy.check(url) }
        let words = try #require(error).description
        #expect(words.contains("\(url.origin)") && words.contains("rt.example:443") && words.contains("allowed_hosts"))
    }

    @Test func `a secure base address lets no plain request to its own port or to hosts without one`() throws {
        let policy = try policy("https://rt.example:8443", ["files.example", "sso.example:8080"])
        for url in ["http://rt.example:8443/", "http://files.example:443/"] {
            #expect(throws: ConnectorError.self, "\(url)") { try policy.check(HTTPURL(url)) }
        }
        try policy.check(HTTPURL("http://sso.example:8080/"))
    }

    @Test func `a base address without encryption allows plain addresses of further hosts`() throws {
        try policy("http://rt.example", ["files.example"]).check(HTTPURL("http://files.example/"))
    }

    @Test func `a forbidden address is stopped even when the connection names it`() throws {
        let policy = try policy("https://rt.example", ["169.254.169.254", "metadata.google.internal"])
        #expect(throws: ConnectorError.self) { try policy.check(HTTPURL("https://169.254.169.254/latest")) }
        #expect(throws: ConnectorError.self) { try policy.check(HTTPURL("https://metadata.google.internal/")) }
    }

    @Test(arguments: ["", "https://x.example", "x.example/path", "a b", "x.example:99999", "user@x.example", "x?y"])
    func `an entry that is no host is an error of the setting`(entry: String) throws {
        let error = #expect(throws: ConnectorError.self) { try policy("https://rt.example", [entry]) }
        guard case .settings("allowed_hosts", _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }
}
