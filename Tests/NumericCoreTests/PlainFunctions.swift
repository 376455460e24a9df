/// The kernels' elementary functions on single floats: the same operations in the same order.
enum PlainFunctions {
    /// `c[0] xⁿ + … + c[n]`.
    private static func polynomial(_ x: Float, _ coefficients: [Float]) -> Float {
        coefficients.dropFirst().reduce(coefficients[0]) { $1.addingProduct($0, x) }
    }

    static func exponential(_ x: Float) -> Float {
        let x = x > 89 ? 89 : x < -104 ? -104 : x
        let k = (x * 1.442_695_04).rounded(.toNearestOrEven)
        let r = x.addingProduct(k, -0x1.62e4p-1).addingProduct(k, -0x1.7f7d1cp-20)
        let p = polynomial(
            r,
            [
                1.979021e-4, 1.3944784e-3, 8.3334975e-3, 4.16662917e-2, 1.66666657e-1, 0.5, 1, 1,
            ])
        let half = Int(k) >> 1
        return p * Float(sign: .plus, exponent: half, significand: 1)
            * Float(sign: .plus, exponent: Int(k) - half, significand: 1)
    }

    static func logarithm(_ x: Float) -> Float {
        let shifted = x.bitPattern &- 0x3f35_04f3
        let exponent = Float(Int32(bitPattern: shifted) >> 23)
        let m = Float(bitPattern: (shifted & 0x007f_ffff) &+ 0x3f35_04f3) - 1
        let z = m * m
        let p = polynomial(
            m,
            [
                7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1,
                1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1,
                3.3333331174e-1,
            ])
        let y = (m * z * p).addingProduct(exponent, -2.12194440e-4).addingProduct(z, -0.5)
        return (m + y).addingProduct(exponent, 0.693359375)
    }

    static func sineAndCosine(turns: Float) -> (Float, Float) {
        let quarters = (turns * 4).rounded(.toNearestOrEven)
        let r = (turns - quarters * 0.25) * 6.283_185_3
        let z = r * r
        let s = polynomial(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1])
        let sine = r.addingProduct(s * z, r)
        let c = polynomial(
            z, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2])
        let cosine = Float(1).addingProduct(z, -0.5).addingProduct(c * z, z)
        switch Int(quarters) % 4 {
        case 1: return (cosine, -sine)
        case 2: return (-sine, -cosine)
        case 3: return (-cosine, sine)
        default: return (sine, cosine)
        }
    }

    static func errorFunction(_ x: Float) -> Float {
        let t = abs(x)
        guard t > 0.9277 else {
            let small = polynomial(
                x * x,
                [
                    8.3257939e-5, -8.1321739e-4, 5.2000997e-3, -2.6859021e-2, 1.1283689e-1,
                    -3.7612632e-1, 1.28379166e-1,
                ])
            return x.addingProduct(small, x)
        }
        let near = min(t, 4)
        let large = polynomial(
            near,
            [
                1.12312573e-5, -3.2280339e-4, 3.6424573e-3, -2.3762060e-2, 1.0623688e-1,
                6.3515133e-1, 1.2864849e-1,
            ])
        let value = 1 - exponential(-near.addingProduct(large, near))
        return x < 0 ? -value : value
    }
}
