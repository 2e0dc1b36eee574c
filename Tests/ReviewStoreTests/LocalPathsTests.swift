import Testing

@testable import ReviewStore

/// What is left of paths in texts that leave the machine.
@Suite struct LocalPathsTests {
    private let paths = LocalPaths(folders: ["/company files", "/company files/data", "/srv/pl"])

    @Test(arguments: [
        ("no readable file '/srv/pl/data/a.csv'", "no readable file 'data/a.csv'"),
        ("/company files/data/b.csv:3: wrong", "b.csv:3: wrong"),
        ("cannot open /var/lib/other/x.pem, nor /etc/ssl/", "cannot open x.pem, nor ssl"),
        ("“/home/某人/文件.xlsx”打不开", "“文件.xlsx”打不开"), ("file:///home/me/x.json", "x.json"),
        ("the folder is /srv/pl", "the folder is pl"),
        ("GET https://desk.example/var/lib/x gave 404", "GET https://desk.example/var/lib/x gave 404"),
        ("GET /rest/api/2/search gave 500", "GET /rest/api/2/search gave 500"),
        ("desk.example:8443/opt/x", "desk.example:8443/opt/x"), ("1/2 of data/x, a/b", "1/2 of data/x, a/b"),
        ("/srv/plumb/x", "x"), ("/", "/"), ("", ""),
    ])
    func `folders of this machine are left out, addresses stay`(text: String, left: String) {
        #expect(paths.removed(from: text) == left)
    }
}
