import PlumblineKit
import PlumblineTesting
import Synchronization

@testable import ProcessConnectors

/// A Singer tap over rows with a number `at` that grows with every change: it gives what came behind its state, in order, a
/// state behind every second record.
final class EmulatedTap: Sendable {
    private struct Data {
        var rows: [Int: Int] = [:]
        var clock = 0
        /// After how many lines the next runs die.
        var diesAfter: Int?
        /// Lines that stand among the messages.
        var noise: [String] = []
        /// What identifies a row, as the tap says.
        var keys: JSON = ["id"]
    }

    private let data = Mutex(Data())
    let programs: PlayedPrograms

    init(rows: Int, noise: [String] = []) {
        let played = Mutex<(@Sendable (ProgramOrder) -> PlayedPrograms.Play)?>(nil)
        programs = PlayedPrograms { order in played.withLock { $0 }?(order) ?? PlayedPrograms.Play([]) }
        for id in 1...max(rows, 1) where rows > 0 { change(id) }
        data.withLock { $0.noise = noise }
        played.withLock { played in played = { [weak self] order in self?.play(order) ?? PlayedPrograms.Play([]) } }
    }

    func change(_ id: Int) {
        data.withLock { data in
            data.clock += 1
            data.rows[id] = data.clock
        }
    }

    func remove(_ id: Int) { data.withLock { $0.rows[id] = nil } }

    func declare(keys: JSON) { data.withLock { $0.keys = keys } }

    func die(after lines: Int?) { data.withLock { $0.diesAfter = lines } }

    /// What a reader must have in the end.
    var rows: [String: JSON] {
        data.withLock { data in
            Dictionary(uniqueKeysWithValues: data.rows.map { ("\($0.key)", Self.record($0.key, at: $0.value)) })
        }
    }

    private static func record(_ id: Int, at: Int) -> JSON { ["id": .int(id), "at": .int(at)] }

    private func play(_ order: ProgramOrder) -> PlayedPrograms.Play {
        if order.command.contains("--discover") { return PlayedPrograms.Play([Self.catalog.text]) }
        let lines = data.withLock { data in Self.noisy(Self.lines(data, order), data.noise) }
        guard let dies = data.withLock(\.diesAfter), dies < lines.count else { return PlayedPrograms.Play(lines) }
        return PlayedPrograms.Play(Array(lines.prefix(dies)), end: ProgramEnd(.signal(9)))
    }

    private static let schema: JSON = ["properties": ["id": ["type": "integer"], "at": ["type": "integer"]]]

    private static let catalog: JSON = [
        "streams": [
            ["tap_stream_id": "deeds", "stream": "deeds", "key_properties": ["id"], "schema": schema, "metadata": []]
        ]
    ]

    private static func lines(_ data: Data, _ order: ProgramOrder) -> [String] {
        let state = order.files["state.json"].flatMap { try? JSON.parse($0) }
        let bookmark = state?["at"]?.int ?? 0
        var lines: [JSON] = [["type": "SCHEMA", "stream": "deeds", "schema": schema, "key_properties": data.keys]]
        let rows = data.rows.filter { $0.value > bookmark }.sorted { $0.value < $1.value }
        for (number, row) in rows.enumerated() {
            lines.append(["type": "RECORD", "stream": "deeds", "record": record(row.key, at: row.value)])
            if number % 2 == 1 { lines.append(["type": "STATE", "value": ["at": .int(row.value)]]) }
        }
        lines.append(["type": "STATE", "value": ["at": .int(rows.last?.value ?? bookmark)]])
        return lines.map(\.text)
    }

    private static func noisy(_ lines: [String], _ noise: [String]) -> [String] {
        noise.isEmpty ? lines : [lines[0]] + noise + lines.dropFirst()
    }
}
