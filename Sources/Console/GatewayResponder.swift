internal import HTTPTypes
internal import Hummingbird

/// Answers all requests: those to connections by the shortest way, all others through the router.
struct GatewayResponder: HTTPResponder {
    let hooks: HookResponder
    let pages: any HTTPResponder<GatewayContext>

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        if let path = HookPath(request.head.path ?? "") { return try await hooks.respond(to: request, at: path) }
        return try await page(for: request, context: context)
    }

    /// The answer of the router, which is not a hook's.
    func page(for request: Request, context: GatewayContext) async throws -> Response {
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
    /// What every page says besides: a browser that shows it is to load, run and frame nothing.
    static let page: HTTPFields = [
        .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .contentSecurityPolicy: "default-src 'none'",
    ]
}
