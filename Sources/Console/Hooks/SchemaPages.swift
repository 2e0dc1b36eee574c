internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The forms of what may be sent, `/schemas/<name>`, for those who send.
struct SchemaPages: Sendable {
    /// JSON Schemas by name.
    let schemas: [String: String]

    /// Adds their addresses to a router.
    func add(to router: Router<GatewayContext>) {
        for (name, text) in schemas {
            router.get("schemas/\(name)") { _, _ in
                var headers = HTTPFields.answer
                headers[.contentType] = "application/schema+json"
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            }
        }
    }
}
