import PlumblineKit

/// The terminals that a connection lists, with their clocks.
struct ZKTecoTerminals: Sendable {
    private let terminals: [String: Terminal]

    private struct Terminal: Sendable {
        let place: String?
        let clock: PunchClock
        let isRetired: Bool
    }

    private static let key = ZKTecoSettings.devices.field.key

    /// Refuses serial numbers that are none, zones that there are not, and anything else that stands there.
    init(_ setting: NestedSetting, clock: PunchClock, context: ConnectorContext) throws(ConnectorError) {
        guard let members = setting.members, !members.isEmpty else {
            throw .settings(
                field: Self.key,
                reason: "list the serial numbers of the terminals that may call, such as CJ9H224460123: {place: Gate 1}"
            )
        }
        var terminals: [String: Terminal] = [:]
        for (serial, entry) in members.sorted(by: { $0.key < $1.key }) {
            guard Self.isSerial(serial) else {
                throw .settings(field: Self.key, reason: "'\(serial)' is no serial number")
            }
            let values = try Self.values(entry, of: serial)
            let own = try values["zone"]?.scalarText.map { zone throws(ConnectorError) in
                try Self.clock(zone, serial, clock, context)
            }
            terminals[serial] = Terminal(
                place: values["place"]?.scalarText, clock: own ?? clock, isRetired: values["retired"] == .bool(true))
        }
        self.terminals = terminals
    }

    /// Those that are heard.
    var devices: [Device] {
        terminals.filter { !$0.value.isRetired }.sorted { $0.key < $1.key }.map {
            Device(serial: $0.key, place: $0.value.place)
        }
    }

    /// The clock of a terminal, of a retired one too; nil for one that is listed no longer.
    func clock(of serial: String) -> PunchClock? { terminals[serial]?.clock }

    /// Serial numbers are printed on the device: letters, digits and dashes.
    private static func isSerial(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    private static func values(_ entry: NestedSetting, of serial: String) throws(ConnectorError) -> [String: JSON] {
        if case .value(.null) = entry { return [:] }
        guard let members = entry.members else {
            throw .settings(field: key, reason: "'\(serial)' takes {zone: .., place: .., retired: true}")
        }
        var values: [String: JSON] = [:]
        for (name, value) in members {
            guard case .value(let json) = value, isValue(json, of: name) else {
                throw .settings(
                    field: key,
                    reason: "'\(serial)' takes zone and place, each a text, and retired, true or false, not '\(name)'")
            }
            values[name] = json
        }
        return values
    }

    private static func isValue(_ json: JSON, of name: String) -> Bool {
        switch name {
        case "zone", "place": json.scalarText != nil
        case "retired": json.bool != nil
        default: false
        }
    }

    private static func clock(
        _ zone: String, _ serial: String, _ clock: PunchClock, _ context: ConnectorContext
    ) throws(ConnectorError) -> PunchClock {
        guard let offset = context.clocks(zone) else {
            throw .settings(
                field: key, reason: "'\(serial)': there is no zone '\(zone)'; write one such as Asia/Shanghai")
        }
        return PunchClock(utcOffset: offset, dayStarts: clock.dayStarts)
    }
}
