internal import Expressions
internal import Foundation
internal import PlumblineKit

/// What the workspace's folder itself tells: keys, secrets, space, the database's log, backups.
extension Doctor {
    func keyFile() -> [Diagnosis] {
        let key = path(WorkspaceMaker.keyFile)
        guard FileManager.default.fileExists(atPath: key) else { return [missingKey()] }
        do throws(WorkspaceError) {
            _ = try WorkspaceMaker.key(in: key)
        } catch {
            return [.problem(.key, zh: error.description, en: error.description, advice: Self.putBackKey)]
        }
        if let open = openToOthers([BackupContents.secrets, WorkspaceMaker.keyFile]) { return [open] }
        return [.ok(.key, zh: "在，只有本用户可读；请另存一份", en: "there, its owner's alone; keep a copy elsewhere")]
    }

    private func missingKey() -> Diagnosis {
        guard FileManager.default.fileExists(atPath: path(Workspace.databaseFile)) else {
            return .ok(.key, zh: "还没有，首次使用时生成", en: "none yet; the first command makes it")
        }
        return .problem(
            .key, zh: "secrets/plumbline.key 不在：数据库和备份都打不开",
            en: "secrets/plumbline.key is not there: neither database nor backups open", advice: Self.putBackKey)
    }

    private static let putBackKey = LocalizedText(zh: "放回另存的那份密钥", en: "put back the copy that was kept elsewhere")

    private func openToOthers(_ names: [String]) -> Diagnosis? {
        let open = names.filter { isOpenToOthers(path($0)) }
        guard !open.isEmpty else { return nil }
        let list = open.joined(separator: " ")
        return .problem(
            .key, zh: "其他用户可读：\(list)", en: "others may read: \(list)",
            advice: LocalizedText(untranslated: "chmod go= \(list)"))
    }

    private func isOpenToOthers(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
    }

    func secretFiles() -> [Diagnosis] {
        let folder = path(BackupContents.secrets)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        let open = names.map { "secrets/\($0)" }.filter {
            $0 != WorkspaceMaker.keyFile && isOpenToOthers(path($0))
        }
        if open.isEmpty { return [] }
        let list = open.joined(separator: " ")
        return [
            .warning(
                .secrets, zh: "其他用户可读：\(list)", en: "others may read: \(list)",
                advice: LocalizedText(untranslated: "chmod go= \(list)"))
        ]
    }

    /// A backup needs room for a copy of the database and for the sealed file, and the database itself must grow.
    func disk() -> [Diagnosis] {
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0 else { return [] }
        let free = Int(status.f_bavail) * Int(status.f_frsize)
        let size = Self.size(path(Workspace.databaseFile))
        return [Self.disk(free: free, database: size)]
    }

    static func disk(free: Int, database: Int) -> Diagnosis {
        let (zh, en) = ("剩余 \(ByteText.of(free))", "\(ByteText.of(free)) free")
        let advice = LocalizedText(
            zh: "腾出空间：备份要数据库的两倍", en: "make room: a backup takes twice the database")
        if free < max(database, 200_000_000) { return .problem(.disk, zh: zh, en: en, advice: advice) }
        if free < max(3 * database, 1_000_000_000) { return .warning(.disk, zh: zh, en: en, advice: advice) }
        return .ok(.disk, zh: zh, en: en)
    }

    /// The database moves its log into itself at 32 MB, unless somebody has been reading all the while.
    func log() -> [Diagnosis] {
        let size = Self.size(path(Workspace.databaseFile + "-wal"))
        if size < 256_000_000 {
            return [.ok(.log, zh: "数据库日志 \(ByteText.of(size))", en: "of the database, \(ByteText.of(size))")]
        }
        return [
            .warning(
                .log, zh: "数据库日志已有 \(ByteText.of(size))", en: "of the database, grown to \(ByteText.of(size))",
                advice: LocalizedText(
                    zh: "结束一直在读数据库的程序", en: "end the program that keeps reading the database"))
        ]
    }

    func backups() -> [Diagnosis] {
        let list: [BackupList.Entry]
        do throws(BackupError) {
            list = try BackupList(workspace: folder.path).entries()
        } catch {
            return [.problem(.backups, zh: error.description, en: error.description, advice: .command("backup"))]
        }
        guard let last = list.first(where: \.isThere) else {
            let (zh, en) =
                list.isEmpty ? ("从未备份", "none was ever made") : ("备份文件都不在原处", "none is where it was written")
            return [.warning(.backups, zh: zh, en: en, advice: .command("backup"))]
        }
        return [backup(last)]
    }

    private func backup(_ last: BackupList.Entry) -> Diagnosis {
        let age = now - last.made
        let (zh, en) = ("最近一次在 \(age.inWords.zh)前", "the last one \(age.inWords.en) ago")
        if !last.isIntact {
            return .problem(
                .backups, zh: "\(zh)，其审计链不完整", en: "\(en), its audit chain not intact", advice: .command("verify"))
        }
        if age.hours >= 7 * 24 { return .problem(.backups, zh: zh, en: en, advice: .command("backup")) }
        if age.hours >= 48 { return .warning(.backups, zh: zh, en: en, advice: .command("backup")) }
        return .ok(.backups, zh: zh, en: en)
    }
}
