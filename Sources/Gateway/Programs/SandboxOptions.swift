internal import PlumblineKit
internal import YAMLDocument

/// What the program of a connection may use. A connection file sets these under `sandbox`, beside `settings`:
///
/// ```yaml
/// sandbox:
///   user: taps                  # whom it runs as, where the host is root; nobody unless given
///   namespaces: auto            # required: rather not at all than without; off: without
///   time_out: 1h                # so long we listen to it in all; the time that storing takes does not count
///   silence: 10m                # without a word on either output while we listen
///   memory_mib: 1024            # private memory of each of its processes; in namespaces also of all its files in /dev/shm
///   processes: 256              # processes and threads of its user, those of other programs of that user among them
///   max_line_bytes: 16777216    # a longer line is rejected, the run goes on
///   max_output_bytes: 17179869184
///   max_lines: 50000000
/// ```
///
/// They are the host's, not the connector's: changing one has nothing read anew.
struct SandboxOptions: Sendable, Hashable {
    /// Whether the program gets namespaces of its own.
    enum Namespaces: String, Sendable, CaseIterable { case auto, required, off }

    var user: String?
    var namespaces = Namespaces.auto
    var timeOut = Duration.seconds(3600)
    var silence = Duration.seconds(600)
    var memoryMiB = 1024
    var processes = 256
    var maxLineBytes = 16 << 20
    var maxOutputBytes = 16 << 30
    var maxLines = 50_000_000
    /// How long a program that is asked to end may take for it.
    var grace = Duration.seconds(5)
    /// How long the output of a program that has ended may be held open by what it left behind.
    var linger = Duration.seconds(1)
}

extension SandboxOptions {
    static let keys = [
        "user", "namespaces", "time_out", "silence", "memory_mib", "processes", "max_line_bytes", "max_output_bytes",
        "max_lines",
    ]

    /// The options of a connection; refuses them where its connector starts no program.
    static func read(_ connection: MapReader, of connector: any Connector.Type) -> SandboxOptions {
        var options = SandboxOptions()
        guard let node = connection["sandbox"] else { return options }
        if connector.description.family != .process {
            connection.log.add(node.place, "\(connector.description.id) starts no program: there is nothing to limit")
        }
        let map = MapReader(node, what: "'sandbox'", known: keys, log: connection.log)
        options.user = map.text("user")
        options.namespaces = map.choice("namespaces") ?? options.namespaces
        options.timeOut = span("time_out", in: map) ?? options.timeOut
        options.silence = span("silence", in: map) ?? options.silence
        options.memoryMiB = positive("memory_mib", in: map) ?? options.memoryMiB
        options.processes = positive("processes", in: map) ?? options.processes
        options.maxLineBytes = positive("max_line_bytes", in: map) ?? options.maxLineBytes
        options.maxOutputBytes = positive("max_output_bytes", in: map) ?? options.maxOutputBytes
        options.maxLines = positive("max_lines", in: map) ?? options.maxLines
        return options
    }

    private static func span(_ key: String, in map: MapReader) -> Duration? {
        guard let text = map.text(key) else { return nil }
        guard let span = Duration(settingText: text), span > .zero else {
            map.log.add(map.place(of: key), "'\(key)' must be a duration such as 30s, 5m or 2h, not '\(text)'")
            return nil
        }
        return span
    }

    private static func positive(_ key: String, in map: MapReader) -> Int? {
        guard let number = map.integer(key) else { return nil }
        guard (1...(1 << 40)).contains(number) else {
            map.log.add(map.place(of: key), "'\(key)' must be a number above 0, not '\(number)'")
            return nil
        }
        return number
    }
}
