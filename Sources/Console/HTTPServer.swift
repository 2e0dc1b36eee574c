internal import Hummingbird

/// The addresses of the gateway, as an application of Hummingbird.
enum HTTPServer {
    /// The routes.
    static func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/healthz") { _, _ in HTTPResponse.Status.ok }
        return router
    }
}
