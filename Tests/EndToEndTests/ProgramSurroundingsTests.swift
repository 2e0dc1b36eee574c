import Foundation
import PlumblineKit
import Testing

/// Programs of others where the system gives less than usual, as under a service manager or in a container.
@Suite(.timeLimit(.minutes(5))) struct ProgramSurroundingsTests {
    /// Changes what is around a program, then becomes it.
    private static let launcher = #"""
        import ctypes, os, platform, signal, struct, sys
        what, user, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
        if what == 'ignore-children': signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.set_inheritable(os.open('/etc/passwd', os.O_RDONLY), True)
        if user != os.getuid():
            os.setgroups([]); os.setgid(user); os.setuid(user)
        clone = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
        def op(code, jt, jf, k): return struct.pack('HBBI', code, jt, jf, k)
        ALLOW, ERRNO = 0x7fff0000, 0x00050000
        filters = {
            # As RestrictNamespaces of systemd: clone3 is not there, clone not with flags of namespaces.
            'no-namespaces': [op(0x20, 0, 0, 0), op(0x15, 0, 1, 435), op(6, 0, 0, ERRNO | 38), op(0x15, 0, 3, clone),
                op(0x20, 0, 0, 16), op(0x45, 0, 1, 0x7E020000), op(6, 0, 0, ERRNO | 1), op(6, 0, 0, ALLOW)],
            'no-close-range': [op(0x20, 0, 0, 0), op(0x15, 0, 1, 436), op(6, 0, 0, ERRNO | 38), op(6, 0, 0, ALLOW)],
        }
        if what in filters:
            code = b''.join(filters[what])
            text = ctypes.create_string_buffer(code)
            class Program(ctypes.Structure): _fields_ = [('count', ctypes.c_ushort), ('filter', ctypes.c_void_p)]
            program = Program(len(filters[what]), ctypes.addressof(text))
            libc = ctypes.CDLL(None, use_errno=True)
            assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
        os.execv(command[0], command)
        """#

    /// A tap whose one stream is called after what it has open.
    private static let connection = #"""
        connection: desk
        connector: process.singer
        settings:
          command: [sh, -c, 'printf "{\"streams\":[{\"tap_stream_id\":\"%s\"}]}" "$(ls /proc/self/fd | tr "\n" " ")"']
          config: {key: "${file:key}"}
        sandbox: {namespaces: auto, silence: 20s}
        streams: {}

        """#

    /// What `check` says of the connection in such surroundings.
    private func check(_ what: String, user: uid_t = geteuid(), namespaces: String = "auto") async throws -> JSON {
        let folder = try TemporaryFolder()
        #expect(try await Plumbline(workspace: folder.url).run("init").status == 0)
        try folder.write(Self.connection.replacing("auto", with: namespaces), to: "connectors/desk.yaml")
        try folder.write("a-key-to-keep", to: "secrets/key")
        try folder.write(Self.launcher, to: "launcher.py")
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.url.path) + [""] {
            chown(folder.url.appending(path: file).path, user, gid_t(user))
        }
        let arguments = [
            "python3", folder.url.appending(path: "launcher.py").path, what, "\(user)", Plumbline.program.path, "check",
            "--workspace", folder.url.path, "--format", "json",
        ]
        // Where any user may have a folder.
        let process = try RunningProcess(URL(filePath: "/usr/bin/env"), arguments, environment: ["TMPDIR": "/tmp"])
        let finished = try await process.finish(timeout: .seconds(100))
        return try #require(try finished.json()["connections"]?.array?.first, "\(finished.errors)")
    }

    private func remarks(_ check: JSON) -> [String] { check["remarks"]?.array?.compactMap(\.string) ?? [] }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `without another user and without namespaces a program is refused, unless the connection allows it`()
        async throws
    {
        let refused = try await check("no-namespaces", user: 65_534)
        #expect(refused["ok"] == false && refused.text.contains("RestrictNamespaces"), "\(refused)")
        let allowed = try await check("no-namespaces", user: 65_534, namespaces: "off")
        #expect(allowed["ok"] == true && remarks(allowed).contains { $0.contains("other processes") }, "\(allowed)")
        let other = try await check("no-namespaces")
        #expect(other["ok"] == true && remarks(other).contains("runs as user nobody"), "\(other)")
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `an ordinary user's program has namespaces where the system gives them`() async throws {
        let check = try await check("nothing", user: 65_534)
        let isIsolated = remarks(check).contains { $0.hasPrefix("it sees no other process") }
        #expect(check["ok"] == true ? isIsolated : check.text.contains("RestrictNamespaces"), "\(check)")
    }

    @Test func `a host that was started with the end of children ignored hears of its programs' ends`() async throws {
        #expect(try await check("ignore-children")["ok"] == true)
    }

    @Test func `where descriptors cannot be closed all at once they are closed one by one`() async throws {
        let check = try await check("no-close-range")
        #expect(remarks(check).contains { $0.hasPrefix("stream 0 1 2 3 :") }, "\(check)")
    }
}
