import Expressions
import Foundation
import PlumblineKit
import PlumblineTesting
import ReviewStore
import Testing

@testable import Gateway

/// What tests of sinks share: a company that tells of values, and a clock that goes on when it is told to.
extension TestWorkspace {
    /// A company with sinks, by the names of their files, and secrets.
    static func telling(_ sinks: [String: String], secrets: [String: String] = [:]) throws -> TestWorkspace {
        let workspace = try TestWorkspace()
        for (name, text) in sinks { try workspace.write("sinks/\(name).yaml", text) }
        for (name, text) in secrets { try workspace.write("secrets/\(name)", text) }
        return workspace
    }

    /// Writes one event for every sink that wants to know of connections that fail.
    func tell(_ connections: String..., host: WorkspaceHost) async throws {
        for name in connections { try await host.store.noteConnectionFailure(name, reason: "no answer") }
    }

    /// Publishes the values of one deed of E01, which has so many points.
    func publish(points: String, _ host: WorkspaceHost) async throws {
        try script([Self.page(Self.deed("1", points: points))], JSONObject([("whole", true)]))
        _ = try await host.replacePeople(Self.people)
        _ = try await host.pull([])
    }

    func goOn(by time: Duration) { clock.set((clock.now() + time).rfc3339) }

    static let webhookSecret = "whsec_" + Base64.encode(Array("0123456789abcdef0123456789abcdef".utf8))
    static let olderSecret = "whsec_" + Base64.encode(Array("fedcba9876543210fedcba9876543210".utf8))

    /// An HTTP sink of that address.
    static func portal(_ url: String, _ more: String = "") -> String {
        """
        sink: portal
        kind: http
        url: \(url)
        secret: ${file:portal}
        events: [connection.failed, values.published]
        people: ids
        country: CN
        \(more)
        """
    }
}

extension WorkspaceHost {
    /// How the deliveries stand: `event state attempts`, oldest first.
    func deliveryStates() async throws -> [String] {
        try await store.deliveries(DeliveryFilter(), limit: 100).reversed().map {
            "\($0.event.id) \($0.state.rawValue) \($0.attempts)"
        }
    }
}
