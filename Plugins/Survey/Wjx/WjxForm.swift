import PlumblineKit

/// A push as a form, whose `submitdata` the host has decrypted.
enum WjxForm {
    /// The fields as members of an object.
    static func fields(of body: [UInt8]) throws(ConnectorError) -> JSON {
        var fields = JSONObject()
        for item in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { side in
                PercentEncoding.decode(String(side.map { $0 == "+" ? " " : $0 }))
            }
            guard sides.count == 2, let name = sides[0], let value = sides[1] else {
                throw .unexpected(reason: "the push is no form")
            }
            fields[name] = .string(value)
        }
        return .object(fields)
    }
}
