/// Whether a text that people shall read in Chinese is Chinese.
public enum ChineseText {
    /// What is wrong with a text: no Chinese character in it, or an English sentence left over; nil where nothing is.
    ///
    /// What stands in quotes or brackets is a value or a name, and up to two English words in a row are a product's.
    public static func fault(of text: String) -> String? {
        let words = withoutQuotations(text)
        guard words.unicodeScalars.contains(where: { (0x4E00...0x9FFF).contains($0.value) }) else {
            return "no Chinese in: \(text)"
        }
        var run = 0
        for word in words.split(separator: " ") {
            run = word.allSatisfy { $0.isASCII && ($0.isLetter || ",.;:'".contains($0)) } ? run + 1 : 0
            if run > 2 { return "English in: \(text)" }
        }
        return nil
    }

    private static func withoutQuotations(_ text: String) -> String {
        var (result, depth) = ("", 0)
        for character in text {
            if "“(（".contains(character) { depth += 1 }
            if depth == 0 { result.append(character) }
            if "”)）".contains(character) { depth = max(0, depth - 1) }
        }
        return result
    }
}
