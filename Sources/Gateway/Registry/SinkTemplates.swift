/// The commented sinks that come with the product, one per kind: `sinks/<kind>.yaml`.
public enum SinkTemplates {
    /// The template of a kind of sink; nil where there is none.
    public static func text(of kind: String) -> String? { EmbeddedSinks.texts[kind + ".yaml"] }

    /// The kinds that have a template, ascending.
    public static var kinds: [String] { EmbeddedSinks.texts.keys.map { String($0.dropLast(".yaml".count)) }.sorted() }
}
