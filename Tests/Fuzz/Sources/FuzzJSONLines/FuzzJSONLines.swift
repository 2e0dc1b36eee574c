import FuzzedReading
import PlumblineKit
import RecordFiles

@main struct FuzzJSONLines {
    static func main() {
        fuzz { bytes in
            let format = FileForm.Format.jsonLines
            FuzzedReading.run(JSONLinesParser.self, format, .fields(["id", "name"]), bytes)
            FuzzedReading.run(JSONLinesParser.self, format, .whole, bytes)
        }
    }
}
