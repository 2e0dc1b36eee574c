import Testing

@testable import Gateway

@Suite struct AddressPolicyTests {
    @Test(arguments: [
        "169.254.169.254", "169.254.0.1", "169.254.170.2", "0.0.0.0", "0.1.2.3", "100.100.100.200", "168.63.129.16",
        "192.0.0.192", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "febf::1",
        "ff02::1", "fd00:ec2::254", "fd20:ce::254", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:0.0.0.0",
        "::ffff:224.0.0.1", "::ffff:100.100.100.200", "::169.254.169.254", "::ffff:0:169.254.169.254",
        "64:ff9b::169.254.169.254", "64:ff9b:1::169.254.169.254", "2002:a9fe:a9fe::1", "64:ff9b::100.100.100.200",
    ])
    func `metadata, link-local, multicast and unspecified addresses are refused`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.refusal(of: address) != nil)
        guard case .refused = AddressPolicy.read(host: text) else {
            Issue.record("\(text) is read as \(AddressPolicy.read(host: text))")
            return
        }
    }

    @Test(arguments: [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "100.100.100.201", "169.253.1.1", "8.8.8.8", "223.5.5.5",
        "::1", "::ffff:192.168.1.1", "::ffff:127.0.0.1", "fd12:3456::1", "fec0::1", "2001:db8::1", "2002:c0a8:0101::1",
    ])
    func `loopback, private and public addresses are allowed`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.refusal(of: address) == nil)
        #expect(AddressPolicy.read(host: text) == .address(address))
    }

    @Test(arguments: [
        "2852039166", "0xa9fea9fe", "0xA9.254.169.254".lowercased(), "0251.0376.0251.0376", "169.254.43518",
        "169.16689662", "0251.254.169.254", "127.1", "0", "017700000001", "1.2.3.4.5", "256.1.1.1", "host.0x1", "0x",
    ])
    func `numbers that a resolver might read as an address are refused`(host: String) {
        guard case .refused(let reason) = AddressPolicy.read(host: host) else {
            Issue.record("\(host) is not refused")
            return
        }
        #expect(reason.contains("disguise"))
    }

    @Test(arguments: [
        "metadata", "metadata.google.internal", "x.metadata.google.internal", "metadata.goog", "instance-data",
        "instance-data.ec2.internal", "metadata.tencentyun.com",
    ])
    func `names of metadata services are refused`(host: String) {
        #expect(AddressPolicy.read(host: host) == .refused("'\(host)' is a cloud metadata service"))
    }

    @Test(arguments: [
        "localhost", "helpdesk.example.internal", "rt", "3com.example", "metadata-db.example.com", "0x.cn",
    ])
    func `other names are left to the resolver`(host: String) {
        #expect(AddressPolicy.read(host: host) == .name)
    }

    @Test(arguments: ["1.2.3", "1.2.3.04", "1.2.3.4 ", "::g", "fe80::1%eth0", "[::1]", ""])
    func `only the usual form is an address`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `an address is written in its usual form`() throws {
        #expect(try #require(IPAddress("192.168.001.1".replacing("001", with: "1"))).description == "192.168.1.1")
        #expect(try #require(IPAddress("2001:0DB8:0:0:0:0:0:1")).description == "2001:db8::1")
    }
}
