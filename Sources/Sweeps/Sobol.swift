/// The Sobol sequence: points that fill a cube evenly, the n-th a function of n alone.
///
/// The order is that of Antonov and Saleev, the direction numbers are `new-joe-kuo-6`.
///
/// - SeeAlso: S. Joe, F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional
///   projections", SIAM J. Sci. Comput. 30 (2008).
enum Sobol {
    static let dimensionLimit = 1 + directions.count

    /// One coordinate of a point, as the 32 bits after the binary point.
    ///
    /// - Precondition: `dimension` is in `0..<dimensionLimit`, `index` in `0..<2³²`.
    static func bits(_ index: Int, dimension: Int) -> UInt32 {
        precondition((0..<dimensionLimit).contains(dimension), "dimension \(dimension)")
        precondition((0..<(1 << 32)).contains(index), "point \(index)")
        let gray = UInt32(index ^ (index >> 1))
        var bits: UInt32 = 0
        for (place, direction) in directionNumbers[dimension].enumerated()
        where gray >> UInt32(place) & 1 == 1 {
            bits ^= direction
        }
        return bits
    }

    /// The 32 direction numbers of each dimension.
    private static let directionNumbers: [[UInt32]] =
        [(0..<32).map { 1 << (31 - UInt32($0)) }] + directions.map(numbers)

    /// - Parameters:
    ///   - coefficients: Those of the primitive polynomial, the first and the last left out, as bits.
    ///   - first: The first direction numbers, as many as the polynomial's degree.
    private static func numbers(coefficients: UInt32, first: [UInt32]) -> [UInt32] {
        let degree = first.count
        var numbers = first.enumerated().map { $1 << (31 - UInt32($0)) }
        for place in degree..<32 {
            var number = numbers[place - degree] ^ (numbers[place - degree] >> UInt32(degree))
            for step in 1..<max(degree, 1) where coefficients >> UInt32(degree - 1 - step) & 1 == 1
            {
                number ^= numbers[place - step]
            }
            numbers.append(number)
        }
        return numbers
    }

    /// For the second dimension and those after it.
    private static let directions: [(coefficients: UInt32, first: [UInt32])] = [
        (0, [1]),
        (1, [1, 3]),
        (1, [1, 3, 1]),
        (2, [1, 1, 1]),
        (1, [1, 1, 3, 3]),
        (4, [1, 3, 5, 13]),
        (2, [1, 1, 5, 5, 17]),
        (4, [1, 1, 5, 5, 5]),
        (7, [1, 1, 7, 11, 19]),
        (11, [1, 1, 5, 1, 1]),
        (13, [1, 1, 1, 3, 11]),
        (14, [1, 3, 5, 5, 31]),
        (1, [1, 3, 3, 9, 7, 49]),
        (13, [1, 1, 1, 15, 21, 21]),
        (16, [1, 3, 1, 13, 27, 49]),
        (19, [1, 1, 1, 15, 7, 5]),
        (22, [1, 3, 1, 15, 13, 25]),
        (25, [1, 1, 5, 5, 19, 61]),
        (1, [1, 3, 7, 11, 23, 15, 103]),
        (4, [1, 3, 7, 13, 13, 15, 69]),
        (7, [1, 1, 3, 13, 7, 35, 63]),
        (8, [1, 3, 5, 9, 1, 25, 53]),
        (14, [1, 3, 1, 13, 9, 35, 107]),
        (19, [1, 3, 1, 5, 27, 61, 31]),
        (21, [1, 1, 5, 11, 19, 41, 61]),
        (28, [1, 3, 5, 3, 3, 13, 69]),
        (31, [1, 1, 7, 13, 1, 19, 1]),
        (32, [1, 3, 7, 5, 13, 19, 59]),
        (37, [1, 1, 3, 9, 25, 29, 41]),
        (41, [1, 3, 5, 13, 23, 1, 55]),
        (42, [1, 3, 7, 3, 13, 59, 17]),
        (50, [1, 3, 1, 3, 5, 53, 69]),
        (55, [1, 1, 5, 5, 23, 33, 13]),
        (56, [1, 1, 7, 7, 1, 61, 123]),
        (59, [1, 1, 7, 9, 13, 61, 49]),
        (62, [1, 3, 3, 5, 3, 55, 33]),
        (14, [1, 3, 1, 15, 31, 13, 49, 245]),
        (21, [1, 3, 5, 15, 31, 59, 63, 97]),
        (22, [1, 3, 1, 11, 11, 11, 77, 249]),
    ]
}
