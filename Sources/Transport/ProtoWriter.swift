/// Writes the fields of a Protocol Buffers message: by hand, what goes by the hundred thousand, which
/// the generated code takes ten times as long for. As there, what has the default value is left out.
///
/// A test holds the bytes equal to what the generated code writes.
struct ProtoWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ field: UInt8, _ value: some UnsignedInteger) {
        guard value != 0 else { return }
        bytes.append(field << 3)
        varint(UInt64(value))
    }

    mutating func flag(_ field: UInt8, _ value: Bool) {
        number(field, value ? 1 as UInt8 : 0)
    }

    /// A field that says whether it is there.
    mutating func optionalNumber(_ field: UInt8, _ value: UInt64?) {
        guard let value else { return }
        bytes.append(field << 3)
        varint(value)
    }

    mutating func fixed(_ field: UInt8, _ value: UInt64) {
        guard value != 0 else { return }
        bytes.append(field << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func blob(_ field: UInt8, _ content: UnsafeRawBufferPointer) {
        guard !content.isEmpty else { return }
        bytes.append(field << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func blob(_ field: UInt8, _ content: [some BitwiseCopyable]) {
        content.withUnsafeBytes { blob(field, $0) }
    }

    mutating func text(_ field: UInt8, _ text: String) {
        var text = text
        text.withUTF8 { blob(field, UnsafeRawBufferPointer($0)) }
    }

    /// A text that is one of a `oneof`, there even where it is empty.
    mutating func chosenText(_ field: UInt8, _ text: String) {
        message(field) { writer in
            var text = text
            text.withUTF8 { writer.bytes.append(contentsOf: $0) }
        }
    }

    /// One of several, there even where it is empty.
    mutating func element(_ field: UInt8, _ content: [UInt8]) {
        message(field) { $0.bytes += content }
    }

    /// A message within the message.
    mutating func message(_ field: UInt8, _ body: (inout ProtoWriter) throws -> Void) rethrows {
        bytes.append(field << 3 | 2)
        let start = bytes.count
        // Most are so short that one byte has their length.
        bytes.append(0)
        try body(&self)
        var size = UInt64(bytes.count - start - 1)
        var place = start
        while size >= 0x80 {
            bytes[place] = UInt8(truncatingIfNeeded: size) | 0x80
            size >>= 7
            place += 1
            bytes.insert(0, at: place)
        }
        bytes[place] = UInt8(size)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
