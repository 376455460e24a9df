import Foundation
import NumericCore
import Testing

@Suite("The exponential function")
struct ExponentialTests {
    @Test("agrees with the C library's to a few units in the last place")
    func values() {
        for i in -70_000...70_000 {
            let x = Double(i) * 0.01001
            let expected = exp(x)
            guard expected.isNormal else { continue }
            #expect(abs(exponential(x) - expected) <= 4e-16 * expected, "\(x)")
        }
    }

    @Test("ends at 0, infinity and NaN")
    func ends() {
        #expect(exponential(-1e9) == 0)
        #expect(exponential(-.infinity) == 0)
        #expect(exponential(1e9) == .infinity)
        #expect(exponential(.nan).isNaN)
        #expect(exponential(0) == 1)
        #expect(abs(exponential(-740) - exp(-740)) <= 2 * .leastNonzeroMagnitude)
    }
}

@Suite("The modes of a symmetric matrix")
struct SymmetricModesTests {
    @Test("make it up again, and are orthonormal", arguments: [1, 2, 3, 8, 33])
    func decomposition(size: Int) throws {
        let numbers = RandomStream(
            seed: 3, .data, kernels: try Kernels.chosen()
        ).normal(count: size * size).map(Double.init)
        let matrix = (0..<size).map { i in
            (0..<size).map { j in numbers[i * size + j] + numbers[j * size + i] }
        }
        let modes = SymmetricModes(of: matrix)
        for i in 0..<size {
            let unit = (0..<size).map { $0 == i ? 1.0 : 0.0 }
            let coordinates = modes.coordinates(of: unit)
            let column = modes.vector(of: zip(coordinates, modes.values).map { $0 * $1 })
            let back = modes.vector(of: coordinates)
            for j in 0..<size {
                #expect(abs(column[j] - matrix[j][i]) < 1e-12)
                #expect(abs(back[j] - unit[j]) < 1e-13)
            }
        }
    }

    @Test("are exact where it is diagonal")
    func diagonal() {
        let modes = SymmetricModes(of: [[3, 0], [0, 0]])
        #expect(modes.values == [3, 0])
        #expect(modes.coordinates(of: [5, 7]) == [5, 7])
    }
}
