/// The commented connections that come with the product, one per connector: `connectors/<family>/<system>.yaml`.
public enum ConnectorTemplates {
    /// The template of a connector; nil where it has none.
    public static func text(of connector: String) -> String? {
        EmbeddedFiles.texts[connector.replacing(".", with: "/", maxReplacements: 1) + ".yaml"]
    }

    /// The connectors that have a template, ascending.
    public static var connectors: [String] {
        EmbeddedFiles.texts.keys.map { String($0.dropLast(".yaml".count)).replacing("/", with: ".") }.sorted()
    }
}
