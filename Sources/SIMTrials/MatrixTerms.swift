/// What moves an entry of W: ẇ_ij = growth − suppression − noise.
///
/// - SeeAlso: arXiv:2410.08309, section 4.2 and Appendix D.2.
struct MatrixTerms {
    /// d.
    let dimension: Int
    /// W, shape `[d, d]`, symmetric.
    let weight: [Double]
    /// a, `d` values.
    let moment: [Double]

    init(weight: [Double], moment: [Double]) {
        precondition(weight.count == moment.count * moment.count, "\(weight.count) entries")
        dimension = moment.count
        self.weight = weight
        self.moment = moment
    }

    /// G_ij = w_ij (a_i + a_j).
    func growth(_ i: Int, _ j: Int) -> Double {
        w(i, j) * (moment[i] + moment[j])
    }

    /// S_ij = ½ w_ij [w_ii (3 a_i + a_j) + w_jj (3 a_j + a_i)], the second summand only off the
    /// diagonal.
    func suppression(_ i: Int, _ j: Int) -> Double {
        let (a, b) = (moment[i], moment[j])
        let other = i == j ? 0 : w(j, j) * (3 * b + a)
        return 0.5 * w(i, j) * (w(i, i) * (3 * a + b) + other)
    }

    /// N_ij = ½ Σ_k w_ki w_kj (a_i + a_j + 2 a_k) over k other than i and j.
    func noise(_ i: Int, _ j: Int) -> Double {
        var sum = 0.0
        for k in 0..<dimension where k != i && k != j {
            sum += w(k, i) * w(k, j) * (moment[i] + moment[j] + 2 * moment[k])
        }
        return sum / 2
    }

    /// V_ij.
    func velocity(_ i: Int, _ j: Int) -> Double {
        growth(i, j) - suppression(i, j) - noise(i, j)
    }

    private func w(_ i: Int, _ j: Int) -> Double { weight[i * dimension + j] }
}
