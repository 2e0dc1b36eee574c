import Hummingbird
import HummingbirdTesting
import Testing

@testable import Console

@Suite struct HTTPServerTests {
    @Test func `a living server says so`() async throws {
        let application = Application(router: HTTPServer.router())
        try await application.test(.router) { client in
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
        }
    }
}
