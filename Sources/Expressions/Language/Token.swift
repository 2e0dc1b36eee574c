/// A piece of an expression's text.
enum Token: Equatable {
    case identifier(String)
    /// A field name in backquotes.
    case quoted(String)
    /// The size of a whole number; a sign is a symbol of its own.
    case int(UInt64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// Punctuation, an operator, or the word `in`.
    case symbol(String)
    case end

    /// The token as messages write it.
    var text: String {
        switch self {
        case .identifier(let name): "'\(name)'"
        case .quoted(let name): "'`\(name)`'"
        case .int(let int): "'\(int)'"
        case .uint(let uint): "'\(uint)u'"
        case .double(let double): "'\(double)'"
        case .string: "a string"
        case .bytes: "bytes"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }
}

/// A token and the byte at which it begins.
struct PlacedToken {
    let token: Token
    let offset: Int
}
