internal import NIOHTTP1

/// Why a request's header can be read in two ways, so that a proxy before us might see another request than we do.
///
/// The parser refuses most such requests itself; this holds what RFC 9112 forbids and a parser may let pass.
enum RequestFault: Hashable {
    /// Not exactly one host, which HTTP/1.1 wants (section 3.2).
    case host
    /// More than one length, or one beside a transfer coding (section 6.3).
    case length
    /// A transfer coding that is not `chunked` alone (section 6.1).
    case coding
    /// Something else than the path of this server behind the verb (section 3.2.1).
    case target

    /// What is wrong with a header; nil where it has one meaning.
    init?(_ head: HTTPRequestHead) {
        var (hosts, lengths, codings) = (0, 0, 0)
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.isSameHeader(as: "host"): hosts += 1
            case 14 where name.isSameHeader(as: "content-length"): lengths += 1
            case 17 where name.isSameHeader(as: "transfer-encoding"):
                codings += 1
                guard value.isSameHeader(as: "chunked"), head.version == .http1_1 else {
                    self = .coding
                    return
                }
            default: break
            }
        }
        if hosts > 1 || (hosts == 0 && head.version == .http1_1) {
            self = .host
        } else if lengths + codings > 1 {
            self = .length
        } else if head.uri.utf8.first != UInt8(ascii: "/") {
            self = .target
        } else {
            return nil
        }
    }
}

extension String {
    /// Whether two names are the same but for the case of their letters; `other` has small letters only.
    func isSameHeader(as other: StaticString) -> Bool {
        utf8.count == other.utf8CodeUnitCount
            && other.withUTF8Buffer {
                zip(utf8, $0).allSatisfy { $0 == $1 || ((65...90).contains($0) && $0 | 32 == $1) }
            }
    }
}
