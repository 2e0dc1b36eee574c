internal import COpenSSL

/// Why a cryptographic operation gave no result. No case carries key material or plain text.
public enum CryptoError: Error, Sendable, Equatable {
    /// The key does not have the length that the algorithm wants. The key file must be replaced.
    case wrongKeyLength(expected: Int, actual: Int)
    /// A key, text or vector does not have the length that the algorithm wants.
    case wrongLength(of: String, expected: String, actual: Int)
    /// The text is not hexadecimal.
    case notHexadecimal
    /// The sealed bytes are too short to hold a nonce and a tag.
    case truncated(expectedAtLeast: Int, actual: Int)
    /// The tag does not match: another key, other authenticated data, or changed bytes. Nothing is given out.
    case authenticationFailed
    /// OpenSSL itself refused, with its own reason.
    case library(operation: String, reason: String)
}

extension CryptoError: CustomStringConvertible {
    /// A sentence for a person. It holds no key and no plain text.
    public var description: String {
        switch self {
        case .wrongKeyLength(let expected, let actual):
            "a key of \(expected) bytes is needed, got \(actual)"
        case .wrongLength(let part, let expected, let actual):
            "a \(part) of \(expected) is needed, got \(actual) bytes"
        case .notHexadecimal:
            "the text is not hexadecimal (an even number of the digits 0-9, a-f)"
        case .truncated(let expected, let actual):
            "sealed data has at least \(expected) bytes, got \(actual)"
        case .authenticationFailed:
            "the sealed data was changed or sealed with another key"
        case .library(let operation, let reason):
            "OpenSSL could not \(operation): \(reason)"
        }
    }
}

extension CryptoError {
    /// The error for a call of OpenSSL that just failed on this thread.
    static func lastFailure(_ operation: String) -> CryptoError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else {
            return .library(operation: operation, reason: "no reason given")
        }
        return .library(operation: operation, reason: String(cString: reason))
    }
}
