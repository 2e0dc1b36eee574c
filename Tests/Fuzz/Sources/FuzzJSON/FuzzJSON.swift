import FuzzedReading
import PlumblineKit
import RecordFiles

@main struct FuzzJSON {
    static func main() {
        fuzz { bytes in
            let format = FileForm.Format.json(key: bytes.count.isMultiple(of: 2) ? nil : "items")
            FuzzedReading.run(JSONListParser.self, format, .fields(["id", "name"]), bytes)
            FuzzedReading.run(JSONListParser.self, format, .whole, bytes)
        }
    }
}
