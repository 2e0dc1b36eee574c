/// Why a request is not taken. Nothing in it was sent with the request or is a key, so that it may be logged.
public enum CallbackRefusal: Error, Sendable, Hashable {
    /// A part that the scheme needs is absent or empty.
    case missing(CallbackPart)
    /// A part stands there twice, so that two readers could read two things.
    case repeated(CallbackPart)
    /// A part is longer than any sender writes it, in bytes.
    case oversize(CallbackPart, limit: Int)
    /// A part does not have its documented form.
    case malformed(CallbackPart, wanted: CallbackForm)
    /// A part holds the mark that separates it from the next, so that one signature would fit two requests.
    case ambiguous(CallbackPart)
    /// No signature has the documented form; the form is given, such as `sha256=` and hex.
    case noSignature(CallbackPart, form: String)
    /// No key gives a signature that came: another key, or changed bytes.
    case signature(CallbackPart)
    /// The token that came is not ours.
    case token(CallbackPart)
    /// The sender's time is not a time in the documented form.
    case notATime(CallbackPart, wanted: CallbackForm)
    /// The sender's time is further from ours than the tolerance, in seconds; positive when it lies behind.
    case time(secondsAgo: Int64, tolerance: Int64)
    /// A key for encryption is set, and the body came plain.
    case notEncrypted
    /// The signature is right and the text cannot be decrypted with the key.
    case undecryptable(DecryptionFault)
    /// The text was decrypted and names another owner than the connection.
    case owner
    /// OpenSSL refused; nothing is known about the request. Answer with a status that makes the sender come again.
    case unavailable(reason: String)
}

/// A part of a request, named as its documentation names it.
public enum CallbackPart: Sendable, Hashable {
    case header(String)
    case query
    case parameter(String)
    case body
    /// A member of the JSON, or an element of the XML, that the body or its decrypted text is.
    case field(String)
}

/// The form that something should have.
public enum CallbackForm: Sendable, Hashable {
    case base64
    case form
    case json
    case milliseconds
    case percentEncoding
    case rfc3339
    case seconds
    case text
    case xml
}

/// Why a text cannot be decrypted.
public enum DecryptionFault: Sendable, Hashable {
    /// It is not base64, or empty.
    case base64
    /// It is not whole blocks of AES.
    case blocks
    /// Its padding is wrong: mostly the key is another.
    case padding
    /// The length that stands in it reaches beyond its end.
    case length
    /// It is not UTF-8.
    case text
}
