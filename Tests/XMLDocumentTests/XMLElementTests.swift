import Testing

@testable import XMLDocument

@Suite struct XMLElementTests {
    private func read(_ text: String, _ limits: XMLLimits = .message) throws -> XMLElement {
        try XMLElement(parsing: Array(text.utf8), limits: limits)
    }

    private func refusal(_ text: String, _ limits: XMLLimits = .message) -> String? {
        #expect(throws: XMLRefusal.self) { try read(text, limits) }?.reason
    }

    @Test func `an element has its own text and the elements in it, several of one name`() throws {
        let root = try read("<xml>a<b>1</b>c<b><![CDATA[<2>]]></b><d><e>&lt;&amp;准</e></d></xml>")
        #expect(root.name == "xml" && root.text == "ac")
        #expect(root.children.map(\.name) == ["b", "b", "d"])
        #expect(root.children(named: "b").map(\.text) == ["1", "<2>"])
        #expect(root.child("b") == nil, "there are two")
        #expect(root.child("d")?.child("e")?.text == "<&准" && root.child("f") == nil)
    }

    @Test func `attributes, comments and instructions say nothing`() throws {
        let root = try read("<?xml version='1.0' encoding='UTF-8'?><a x='1'><!-- c --><?php x?><b y='2'>t</b></a>")
        #expect(root == (try read("<a><b>t</b></a>")))
    }

    @Test(arguments: [
        "<!DOCTYPE x><x/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;'>]><x>&c;</x>",
    ])
    func `a document type is refused, and every entity with it`(text: String) {
        #expect(refusal(text)?.contains("document type") == true)
    }

    @Test(arguments: ["", " ", "<x>", "<x></y>", "<x/><y/>", "{}", "<x>&nbsp;</x>", "<x>\u{0}</x>", "text"])
    func `what is no XML is refused`(text: String) {
        #expect(refusal(text)?.hasPrefix("no XML: ") == true)
    }

    @Test func `bytes that are not UTF-8 are refused, whatever the document says of them`() {
        let bytes = Array("<?xml version='1.0' encoding='ISO-8859-1'?><x>".utf8) + [0xE9] + Array("</x>".utf8)
        #expect(throws: XMLRefusal.self) { try XMLElement(parsing: bytes) }
    }

    @Test func `depth, size and number of elements are limited`() throws {
        let limits = XMLLimits(bytes: 40, depth: 3, elements: 4)
        #expect(try read("<a><b><c/></b><d/></a>", limits).children.count == 2)
        #expect(refusal("<a><b><c><d/></c></b></a>", limits)?.contains("3 deep") == true)
        #expect(refusal("<a><b/><b/><b/><b/></a>", limits)?.contains("4 elements") == true)
        #expect(refusal("<a>" + String(repeating: " ", count: 40) + "</a>", limits)?.contains("47 bytes") == true)
        let deep = String(repeating: "<x>", count: 100_000)
        #expect(refusal(deep)?.contains("64 deep") == true, "an unending nest is left at its limit")
    }
}
