import PlumblineKit
import RecordFiles

extension FileFault {
    /// A fault that says this in English: faults are the same where place and English are.
    init(at place: Place? = nil, _ english: String) { self.init(at: place, LocalizedText(untranslated: english)) }
}
