import CZip

/// A zip file that is read part by part, with its limits kept while it is unpacked.
final class ZipArchive {
    private let handle: OpaquePointer
    private let limits: FileLimits
    /// The index of each part by its name in lower case: the names of a workbook's parts differ in more than case.
    private var indices: [String: zip_uint64_t] = [:]
    private let fileBytes: Int
    /// What all parts read so far came to.
    private var unpacked = 0

    /// Opens the archive and reads its list of parts, none of their contents.
    init(path: String, fileBytes: Int, limits: FileLimits) throws(FileFault) {
        var code: CInt = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else { throw Self.fault(opening: code) }
        self.handle = handle
        self.limits = limits
        self.fileBytes = fileBytes
        try listParts()
    }

    deinit {
        zip_discard(handle)
    }

    /// Whether there is a part of this name.
    func contains(_ name: String) -> Bool { indices[name.lowercased()] != nil }

    /// A part, to be read from its beginning.
    func part(_ name: String) throws(FileFault) -> ZipPart {
        guard let index = indices[name.lowercased()] else {
            throw FileFault(
                zh: "工作簿缺少部分“\(name)”，请用 Excel 或 WPS 打开并重新保存",
                en: "the workbook lacks its part '\(name)'; open it in Excel or WPS and save it again")
        }
        var facts = zip_stat_t()
        guard zip_stat_index(handle, index, 0, &facts) == 0 else {
            throw FileFault.damaged(zh: "部分“\(name)”", en: "the part '\(name)'")
        }
        guard facts.encryption_method == ZIP_EM_NONE else { throw .encrypted }
        guard [ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(CInt(facts.comp_method)) else {
            throw FileFault(
                zh: "部分“\(name)”用压缩方法 \(facts.comp_method) 打包，工作簿不用这种方法",
                en: "the part '\(name)' is packed by method \(facts.comp_method), which no workbook uses")
        }
        guard let file = zip_fopen_index(handle, index, 0) else {
            throw FileFault.damaged(zh: "部分“\(name)”", en: "the part '\(name)'")
        }
        // The declared size is the writer's word: it never counts for more than the file holds.
        let packed = min(Int(clamping: facts.comp_size), fileBytes)
        return ZipPart(
            name: name, file: file, archive: self, declaredBytes: Int(clamping: facts.size),
            mostBytes: mostBytes(packed: packed))
    }

    /// Counts what a part gave.
    fileprivate func count(_ bytes: Int) throws(FileFault) {
        unpacked += bytes
        guard unpacked <= limits.unpackedBytes else {
            throw FileFault(
                zh: "工作簿解压后超过 \(limits.unpackedBytes >> 20) MB，请拆分",
                en: "the workbook unpacks to more than \(limits.unpackedBytes >> 20) MB; split it")
        }
    }

    /// The most that a part of this packed size may unpack to.
    ///
    /// A sheet that repeats itself packs honestly to a three-hundredth, so that small parts are not held to the ratio.
    private func mostBytes(packed: Int) -> Int {
        let (bytes, overflow) = packed.multipliedReportingOverflow(by: limits.unpackingRatio)
        return overflow ? limits.unpackedBytes : max(bytes, ZipPart.ratioFloor)
    }

    private func listParts() throws(FileFault) {
        let count = zip_get_num_entries(handle, 0)
        guard count <= limits.parts else {
            throw FileFault(
                zh: "工作簿有 \(count) 个部分，最多读取 \(limits.parts) 个",
                en: "the workbook has \(count) parts; at most \(limits.parts) are read")
        }
        for index in 0..<zip_uint64_t(max(count, 0)) {
            guard let name = zip_get_name(handle, index, zip_flags_t(ZIP_FL_ENC_GUESS)) else { continue }
            let key = String(cString: name).lowercased()
            guard indices.updateValue(index, forKey: key) == nil else {
                throw FileFault(
                    zh: "工作簿有两个部分都叫“\(key)”，请用 Excel 或 WPS 打开并重新保存",
                    en: "the workbook has two parts named '\(key)'; open it in Excel or WPS and save it again")
            }
        }
    }

    private static func fault(opening code: CInt) -> FileFault {
        switch code {
        case ZIP_ER_NOENT, ZIP_ER_OPEN, ZIP_ER_READ: FileFault(zh: "无法打开文件", en: "the file cannot be opened")
        case ZIP_ER_MEMORY: FileFault(zh: "工作簿的目录在内存中放不下", en: "the workbook's list of parts does not fit in memory")
        default: .damaged(zh: "目录", en: "its list of parts")
        }
    }
}

/// One part of a zip file while it is read.
final class ZipPart: XMLSource {
    /// Up to this size a part may unpack at any ratio.
    static let ratioFloor = 16 << 20

    let name: String
    /// How large it is by its own word.
    let declaredBytes: Int
    private let file: OpaquePointer
    private let archive: ZipArchive
    private let mostBytes: Int
    private var read = 0

    fileprivate init(name: String, file: OpaquePointer, archive: ZipArchive, declaredBytes: Int, mostBytes: Int) {
        self.name = name
        self.declaredBytes = declaredBytes
        self.file = file
        self.archive = archive
        self.mostBytes = mostBytes
    }

    deinit {
        zip_fclose(file)
    }

    var fractionRead: Double? { declaredBytes > 0 ? min(1, Double(read) / Double(declaredBytes)) : nil }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileFault) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        let count = Int(zip_fread(file, start, zip_uint64_t(buffer.count)))
        guard count >= 0 else { throw FileFault.damaged(zh: "部分“\(name)”", en: "the part '\(name)'") }
        read += count
        try archive.count(count)
        guard read <= mostBytes else {
            throw FileFault(
                zh: "部分“\(name)”解压后超过 \(mostBytes >> 20) MB，远超其压缩大小，像是用来耗尽内存的",
                en:
                    "the part '\(name)' unpacks to more than \(mostBytes >> 20) MB, far more than its packed size allows: "
                    + "it looks made to exhaust memory")
        }
        return count
    }
}

extension FileFault {
    /// Something of a workbook is broken.
    static func damaged(zh: String, en: String, at place: Place? = nil) -> FileFault {
        FileFault(
            at: place, zh: "工作簿已损坏（无法读取\(zh)），请重新获取，或用 Excel 打开并保存",
            en: "the workbook is damaged (\(en) cannot be read); fetch it again, or open it in Excel and save it")
    }

    static let encrypted = FileFault(
        zh: "工作簿有密码保护，请用 Excel 或 WPS 打开，去掉密码后保存",
        en: "the workbook is protected by a password; open it in Excel or WPS, remove the password and save it")
}
