import FuzzedReading
import RecordFiles

@main struct FuzzDates {
    static func main() {
        fuzz { bytes in
        }
    }
}
