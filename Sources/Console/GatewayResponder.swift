internal import HTTPTypes
internal import Hummingbird

/// Answers all requests but those to connections, which ``HookHandler`` answers before they come here.
struct GatewayResponder: HTTPResponder {
    let pages: any HTTPResponder<GatewayContext>

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        var response: Response
        do {
            response = try await pages.respond(to: request, context: context)
        } catch let error as any HTTPResponseError {
            response = try error.response(from: request, context: context)
        }
        for field in HTTPFields.page where response.headers[field.name] == nil { response.headers.append(field) }
        return response
    }
}

extension HTTPFields {
    /// What every answer says: nobody is to keep it, or to take it for something else than it says it is.
    static let answer: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]

    /// What every page says besides: a browser that shows it is to load, run and frame nothing.
    static let page: HTTPFields = [
        .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .contentSecurityPolicy: "default-src 'none'",
    ]
}
