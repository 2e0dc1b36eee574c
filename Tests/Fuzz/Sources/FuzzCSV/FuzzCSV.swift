import FuzzedReading
import PlumblineKit
import RecordFiles

@main struct FuzzCSV {
    static func main() {
        fuzz { bytes in
            let format = FileForm.Format.table(delimiter: 0x2C)
            FuzzedReading.run(CSVParser.self, format, .fields(["id", "name"]), bytes)
            FuzzedReading.run(CSVParser.self, format, .whole, bytes)
        }
    }
}
