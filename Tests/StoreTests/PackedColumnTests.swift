import Foundation
import Testing

@testable import Store

@Suite("A packed column")
struct PackedColumnTests {
    @Test("keeps every bit of its values, in four bytes where they suffice")
    func roundTrip() {
        let narrow: [Double] = [0, -0.0, 1, 0.5, -1.25, .infinity, -.infinity, .nan]
        let wide: [Double] = [0.1, 1e300, .leastNonzeroMagnitude, 16_777_217, .pi, .signalingNaN]
        for values in [[], narrow, wide, narrow + wide] {
            let column = PackedColumn(values: values)
            #expect(column.values?.map(\.bitPattern) == values.map(\.bitPattern))
        }
        #expect(PackedColumn(values: narrow).type == "<f4")
        #expect(PackedColumn(values: narrow).data.count == 4 * narrow.count)
        for value in wide {
            #expect(PackedColumn(values: narrow + [value]).type == "<f8", "\(value)")
        }
    }

    @Test("is little-endian, as NumPy's type says")
    func layout() {
        #expect(Array(PackedColumn(steps: [1, 0x0102_0304]).data) == [1, 0, 0, 0, 4, 3, 2, 1])
        #expect(Array(PackedColumn(values: [1]).data) == [0, 0, 0x80, 0x3F])
        #expect(
            Array(PackedColumn(values: [0.1]).data)
                == [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F])
    }

    @Test("that is cut off or of another type is none")
    func damage() {
        let data = Data([0, 0, 0, 0, 0])
        #expect(PackedColumn(type: "<u4", data: data).steps == nil)
        #expect(PackedColumn(type: "<f4", data: data).values == nil)
        #expect(PackedColumn(type: "<f8", data: data.prefix(4)).values == nil)
        #expect(PackedColumn(type: "<i2", data: data.prefix(4)).values == nil)
    }
}
