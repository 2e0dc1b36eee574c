internal import Expressions
internal import PlumblineKit
internal import ReviewStore

/// Whether the devices that connections list call.
struct DeviceDiagnoses {
    private let connections: [(name: String, devices: ListedDevices)]
    private let contacts: [DeviceContact]
    private let now: Timestamp

    init(_ workspace: Workspace, _ contacts: [DeviceContact], _ now: Timestamp) {
        connections = workspace.connections.compactMap { connection in
            connection.devices.map { (name: connection.name, devices: $0) }
        }
        (self.contacts, self.now) = (contacts, now)
    }

    /// Nothing where no connection lists devices.
    var all: [Diagnosis] {
        let found = connections.flatMap { name, devices in
            devices.all.compactMap { diagnosis($0, devices, at: name) }
        }
        if !found.isEmpty || connections.isEmpty { return found }
        let count = connections.reduce(0) { $0 + $1.devices.all.count }
        return [.ok(.devices, zh: "\(count) 台设备都有联系", en: "\(count) listed, all call")]
    }

    private func diagnosis(_ device: Device, _ devices: ListedDevices, at connection: String) -> Diagnosis? {
        let name = [device.serial, device.place].compactMap(\.self).joined(separator: ", ")
        let known = contacts.first { $0.connection == connection && $0.serial == device.serial }
        guard let known else {
            return .warning(
                .devices, zh: "\(connection)：设备 \(name) 从未联系过", en: "\(connection): \(name) has never called",
                advice: LocalizedText(
                    zh: "在设备的云服务（ADMS）菜单中填写本服务的地址；plumbline inbox alarms 显示被拒的序列号",
                    en: "enter our address at the device; plumbline inbox alarms shows the numbers that were refused"))
        }
        guard now - known.called > devices.rules.silentAfter else { return nil }
        let age = (now - known.called).inWords
        return .warning(
            .devices, zh: "\(connection)：设备 \(name) 已有 \(age.zh)没有联系",
            en: "\(connection): \(name) has not called for \(age.en)",
            advice: LocalizedText(
                zh: "检查设备的电源和网络；这段时间的打卡在它恢复后才会到达",
                en: "look at its power and network: what it has noted since comes once it calls again"))
    }
}
