/// What is wrong with a name that ends up in selectors, file names and headers; nil for nothing.
func objection(toName name: String) -> String? {
    let isPlain = name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
            || "._-".unicodeScalars.contains($0)
    }
    guard isPlain, (1...64).contains(name.utf8.count), name.first?.isLetter ?? false else {
        return "is no name; begin with a letter, then letters, digits, '.', '_' and '-', at most 64"
    }
    return nil
}
