import Foundation
import PlumblineKit
import Testing

/// `plumbline serve` as people run it.
@Suite(.timeLimit(.minutes(5))) struct ServeTests {
    @Test func `an empty workspace is served, and says what to do next`() async throws {
        let served = try await ServedFolder()
        #expect(try served.process.output().contains("'plumbline init --from CONNECTOR' adds one"))
        #expect(try await served.get("/healthz").status == 200)
        let ready = try await served.get("/readyz")
        #expect(ready.status == 200 && ready.text.contains("\"ready\":true"))
        let metrics = try await served.get("/metrics")
        #expect(metrics.status == 200 && metrics.fields["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(metrics.text.contains("plumbline_configuration_valid 1\n"))
        #expect(try await served.get("/hooks/nobody", "-d", "x").status == 404)
        let finished = try await served.stop()
        #expect(finished.status == 0 && !finished.wasKilled && finished.errors.contains("stops"))
    }

    @Test func `an answer names the program and not its version`() async throws {
        let served = try await ServedFolder()
        let answer = try await served.get("/healthz")
        #expect(answer.fields["server"] == "plumbline" && answer.fields["x-content-type-options"] == "nosniff")
        _ = try await served.stop(SIGINT)
    }

    @Test func `every key of the line in JSON stands in the command's help`() async throws {
        let served = try await ServedFolder([:], "--format", "json")
        let keys = try JSON.parse(Array(served.process.output().utf8)).object?.members.map(\.key) ?? []
        let help = try await served.program.run("serve", "--help").output
        #expect(keys == ["address", "workspace", "connections"] && keys.allSatisfy { help.contains($0) })
        _ = try await served.stop()
    }

    @Test func `a second process does not serve the same workspace`() async throws {
        let served = try await ServedFolder()
        let second = try await served.program.run("serve", "--port", "0")
        #expect(second.status == 2 && second.errors.contains("serves the workspace") && second.output.isEmpty)
        #expect(try await served.stop().status == 0)
        let third = try served.program.start(["serve", "--port", "0"])
        _ = try await ServedFolder.wanted("the third listens") { try third.output().isEmpty ? nil : true }
        third.send(SIGTERM)
        #expect(try await third.finish(timeout: .seconds(60)).status == 0)
    }

    @Test func `a port that is taken and an address of another machine are said in a sentence`() async throws {
        let served = try await ServedFolder()
        let other = try await ServedFolder()
        _ = try await other.stop()
        let taken = try await other.program.run("serve", "--port", "\(served.port)")
        #expect(taken.status == 2 && taken.errors.contains("another program listens there"))
        let foreign = try await other.program.run("serve", "--port", "0", "--host", "192.0.2.1")
        #expect(foreign.status == 2 && foreign.errors.contains("this machine does not have that address"))
        _ = try await served.stop()
    }

    @Test func `files that change are served, those with mistakes are not`() async throws {
        let served = try await ServedFolder()
        let zone = try served.folder.text("plumbline.yaml")
        try served.folder.write(zone + "\nno_such_key: 1\n", to: "plumbline.yaml")
        let broken = try await ServedFolder.wanted("the mistake is seen") {
            let answer = try await served.get("/readyz")
            return answer.text.contains("configuration") ? answer : nil
        }
        #expect(broken.status == 200 && broken.text.contains("no_such_key"))
        #expect(try await served.get("/metrics").text.contains("plumbline_configuration_valid 0\n"))
        try served.folder.write(zone, to: "plumbline.yaml")
        try served.folder.write(Self.connection, to: "connectors/articles.yaml")
        let metrics = try await ServedFolder.wanted("the new connection is served") {
            let text = try await served.get("/metrics").text
            return text.contains("plumbline_rejects_open{connection=\"articles\"} 0") ? text : nil
        }
        #expect(metrics.contains("plumbline_configuration_valid 1\n"))
        #expect(!metrics.contains("plumbline_connection_lag_seconds"), "what is not known is not zero")
        let finished = try await served.stop()
        #expect(finished.errors.contains("have mistakes") && finished.errors.contains("were read anew"))
    }

    @Test func `a changed zone takes a restart`() async throws {
        let served = try await ServedFolder()
        try served.folder.replace("zone: Asia/Shanghai", with: "zone: Europe/Berlin", in: "plumbline.yaml")
        served.process.send(SIGHUP)
        let answer = try await ServedFolder.wanted("it says so") {
            let answer = try await served.get("/readyz")
            return answer.text.contains("configuration") ? answer : nil
        }
        #expect(answer.status == 200 && answer.text.contains("restart"))
        #expect(try await served.stop().status == 0)
    }

    @Test func `metrics that a proxy asks for need the token`() async throws {
        let served = try await ServedFolder(["secrets/metrics-token": "open sesame\n"])
        let forwarded = ["-H", "X-Forwarded-For: 203.0.113.7"]
        #expect(try await served.get("/metrics", forwarded[0], forwarded[1]).status == 401)
        let wrong = try await served.get("/metrics", "-H", "Authorization: Bearer wrong", forwarded[0], forwarded[1])
        #expect(wrong.status == 401 && !wrong.text.contains("open sesame"))
        let right = try await served.get(
            "/metrics", "-H", "Authorization: Bearer open sesame", forwarded[0], forwarded[1])
        #expect(right.status == 200)
        #expect(!(try await served.stop()).errors.contains("open sesame"))
    }

    private static let connection = """
        connection: articles
        connector: file.csv
        settings: {path: articles.csv, id_field: id, complete: true}
        streams:
          records:
            record: kb_article
            map:
              id: source.id
              author_id: account(source.author)
              status: "'draft'"
              linked_ticket_count: "0"
              helpful_votes: "0"
              unhelpful_votes: "0"
        """
}
