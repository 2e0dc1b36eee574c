import Foundation
import Testing

@testable import Gateway

/// A company that reads a tap, a real program, which a test has behave badly.
struct PlayedTap {
    let workspace: TestWorkspace

    /// The tap: rows of `rows.json` that changed behind the state, a state behind every second one. `behave.json` says what it
    /// does before a row: print a line, write to standard error, die, hang.
    private static let program = #"""
        import json, os, signal, sys, time
        args = sys.argv[1:]
        def option(name):
            return json.load(open(args[args.index(name) + 1])) if name in args else None
        def say(message):
            print(message if isinstance(message, str) else json.dumps(message), flush=True)
        config, state = option('--config'), option('--state') or {}
        schema = {'properties': {'id': {'type': 'string'}}}
        if '--discover' in args:
            say({'streams': [{'tap_stream_id': 'deeds', 'stream': 'deeds', 'schema': schema, 'key_properties': ['id'], 'metadata': []}]})
            sys.exit(0)
        behave = json.load(open('behave.json'))
        rows = [row for row in json.load(open('rows.json')) if row['at'] > state.get('at', 0)]
        say({'type': 'SCHEMA', 'stream': 'deeds', 'schema': schema, 'key_properties': ['id']})
        for number, row in enumerate(rows):
            for act, value in behave.get(str(number), []):
                if act == 'say': say(value)
                if act == 'complain': print(value.replace('TOKEN', config['token']), file=sys.stderr, flush=True)
                if act == 'exit': sys.exit(value)
                if act == 'die': os.kill(os.getpid(), signal.SIGKILL)
                if act == 'hang': time.sleep(1000)
            say({'type': 'RECORD', 'stream': 'deeds', 'record': row})
            if number % 2 == 1: say({'type': 'STATE', 'value': {'at': row['at']}})
        say({'type': 'STATE', 'value': {'at': rows[-1]['at'] if rows else state.get('at', 0)}})
        """#

    init() throws {
        workspace = try TestWorkspace([
            "connectors/diary.yaml": """
            connection: diary
            connector: process.singer
            settings:
              command: [python3, tap.py]
              files: {tap.py: tap.py, rows.json: rows.json, behave.json: behave.json}
              config: {token: "${file:tap-token}", deep: [1, true, null, "7"]}
              page_size: 2
            sandbox: {silence: 20s}
            streams:
              deeds:
                record: deed
                map: {id: source.id, owner_id: account('E01'), at: "'2026-07-10T02:00:00Z'", points: string(source.at)}
            """,
            "data/tap.py": Self.program, "secrets/tap-token": "hush-hush-token\n",
        ])
        try rows((1...7).map { ("\($0)", $0) })
        try behave([:])
    }

    func rows(_ rows: [(id: String, at: Int)]) throws {
        let texts = rows.map { #"{"id":"\#($0.id)","at":\#($0.at)}"# }
        try workspace.write("data/rows.json", "[\(texts.joined(separator: ","))]")
    }

    /// What the tap does before some rows, as JSON: a list of acts, each with its value.
    func behave(_ acts: [Int: String]) throws {
        let texts = acts.map { #""\#($0.key)":\#($0.value)"# }
        try workspace.write("data/behave.json", "{\(texts.joined(separator: ","))}")
    }
}
