import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import PlumblineKit
import Testing

@testable import Gateway

/// Sources whose certificate comes from the company's own authority.
@Suite(.enabled(if: CertificateMill.isAvailable, "needs the openssl command"))
struct PrivateAuthorityTests {
    @Test func `a certificate of the company's authority is trusted when ca_file names it`() async throws {
        try await withSecureServer { mill, port in
            let fixture = TransportFixture(names: ["rt.example": ["127.0.0.1"]])
            let options = TransportFixture.options { $0.caFiles = [mill.authority] }
            let response = try await fixture.get("https://rt.example:\(port)", options)
            #expect(response.text == "secure")
        }
    }

    @Test func `without ca_file the error says what is missing`() async throws {
        try await withSecureServer { _, port in
            let fixture = TransportFixture(names: ["rt.example": ["127.0.0.1"]])
            let words = try await fixture.failure("https://rt.example:\(port)").description
            #expect(words.contains("is not trusted") && words.contains("ca_file"))
            #expect(fixture.log.count == 1)
        }
    }

    @Test func `a certificate for another name is not accepted`() async throws {
        try await withSecureServer { mill, port in
            let fixture = TransportFixture(names: ["hr.example": ["127.0.0.1"]])
            let options = TransportFixture.options { $0.caFiles = [mill.authority] }
            let words = try await fixture.failure("https://hr.example:\(port)", options).description
            #expect(words.contains("https://hr.example:\(port)") && words.contains("another host"))
        }
    }

    private func withSecureServer(_ body: (CertificateMill, Int) async throws -> Void) async throws {
        let mill = try CertificateMill()
        defer { mill.remove() }
        let context = try NIOSSLContext(configuration: mill.serverConfiguration())
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), OneAnswer(),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(mill, try #require(channel.localAddress?.port))
        try await channel.close()
    }
}

/// Answers the first bytes of any request and closes.
private final class OneAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecure")
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A certificate authority made for one test, and a certificate for rt.example that it signed.
private struct CertificateMill {
    private static let tool = "/usr/bin/openssl"
    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: tool) }

    private let folder: URL
    var authority: String { path("ca.pem") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        try run(["req", "-x509", "-subj", "/CN=Test Authority", "-keyout", path("ca.key"), "-out", authority] + key)
        try run(
            ["req", "-x509", "-subj", "/CN=rt.example", "-addext", "subjectAltName=DNS:rt.example"]
                + ["-addext", "basicConstraints=critical,CA:FALSE", "-CA", authority, "-CAkey", path("ca.key")]
                + ["-keyout", path("server.key"), "-out", path("server.pem")] + key)
    }

    func serverConfiguration() throws -> TLSConfiguration {
        .makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(path("server.pem")).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: path("server.key"), format: .pem)))
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appending(path: name).path() }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.tool)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
