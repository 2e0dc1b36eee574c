internal import Expressions
internal import Gateway
internal import PlumblineKit

extension BackupManifest {
    var problems: [String] { database?.problems ?? [] }
    private var rows: Int { database?.rows.values.reduce(0, +) ?? 0 }

    /// What is in it, in one line.
    var summary: String {
        guard let database else { return "\(files) files, no database" }
        let chain = isIntact ? "audit chain of \(database.entries) entries intact" : "AUDIT CHAIN NOT INTACT"
        return "\(files) files, a database of \(rows) rows, \(chain)"
    }

    /// What every command tells of a backup.
    var members: [(String, JSON)] {
        [
            ("made_at", .string(made.rfc3339)), ("files", .int(files)), ("bytes", .int(bytes)), ("rows", .int(rows)),
            ("schema", .text(database?.schema.last)), ("entries", .int(database?.entries ?? 0)),
            ("intact", .bool(isIntact)), ("problems", .array(problems.map(JSON.string))),
            ("left_out", .array(leftOut.map(JSON.string))),
        ]
    }
}

extension WorkspaceBackup.Report {
    func json(_ deleted: [String]) -> JSON {
        let own: [(String, JSON)] = [
            ("file", .string(entry.file)), ("digest", .string(entry.digest)),
            ("deleted", .array(deleted.map(JSON.string))),
        ]
        return .object(JSONObject(own + manifest.members.map { $0.0 == "bytes" ? ("bytes", .int(entry.bytes)) : $0 }))
    }

    func text(_ deleted: [String]) -> String {
        var text = "\(entry.file.onOneLine), \(ByteText.of(entry.bytes)): \(manifest.summary).\n"
        for problem in manifest.problems { text += "audit chain: \(problem.onOneLine)\n" }
        if !manifest.leftOut.isEmpty {
            text += "Not in it: \(manifest.leftOut.map(\.onOneLine).joined(separator: ", ")).\n"
        }
        for file in deleted { text += "Deleted: \(file.onOneLine)\n" }
        return text + "It opens with secrets/plumbline.key alone, which is not in it: keep a copy of that elsewhere.\n"
    }
}

extension BackupList.Entry {
    func age(_ now: Timestamp) -> Duration { now - made }

    func json(_ now: Timestamp) -> JSON {
        [
            "file": .string(file), "made_at": .string(made.rfc3339),
            "age_hours": .int(Int(age(now).components.seconds / 3600)), "bytes": .int(bytes),
            "digest": .string(digest), "intact": .bool(isIntact), "there": .bool(isThere),
        ]
    }
}

extension Duration {
    /// Such as `3 h` and `12 days`.
    var ageText: String {
        let hours = components.seconds / 3600
        if hours < 1 { return "\(components.seconds / 60) min" }
        return hours < 72 ? "\(hours) h" : "\(hours / 24) days"
    }
}

extension BackupProgress {
    /// Whether it tells of bytes, and not only of what is done.
    var countsBytes: Bool { ![.copying, .verifying].contains(step) }

    /// What is done, in words, and how much of it.
    var text: String {
        guard let total, total > 0 else { return words + (done > 0 ? ", \(ByteText.of(done))" : "") }
        return "\(words), \(ByteText.of(done)) of \(ByteText.of(total)), \(min(100, done * 100 / total)) %"
    }

    private var words: String {
        switch step {
        case .copying: "copying the database"
        case .sealing: "sealing"
        case .checking: "reading it again"
        case .restoring: "unpacking"
        case .verifying: "checking the audit chain"
        }
    }
}
