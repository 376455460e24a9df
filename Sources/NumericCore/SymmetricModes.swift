/// Eigenvalues and orthonormal eigenvectors of a symmetric matrix, by Jacobi's rotations.
public struct SymmetricModes: Sendable {
    /// The eigenvalues, in no particular order.
    public private(set) var values: [Double]
    /// Column `i` belongs to eigenvalue `i`.
    private var vectors: [[Double]]

    /// - Parameter matrix: Rows of a symmetric matrix.
    public init(of matrix: [[Double]]) {
        let size = matrix.count
        precondition(matrix.allSatisfy { $0.count == size }, "\(size) rows, other columns")
        var a = matrix
        vectors = (0..<size).map { i in (0..<size).map { $0 == i ? 1.0 : 0.0 } }
        // Each sweep over all pairs squares what is left off the diagonal; six or so suffice.
        for _ in 0..<32 where !Self.isDiagonal(a) {
            for p in 0..<size {
                for q in (p + 1)..<max(size, p + 1) {
                    Self.rotate(&a, &vectors, p, q)
                }
            }
        }
        values = (0..<size).map { a[$0][$0] }
    }

    private static func isDiagonal(_ a: [[Double]]) -> Bool {
        var (outside, inside) = (0.0, 0.0)
        for i in a.indices {
            for j in a.indices {
                if i == j { inside += a[i][j] * a[i][j] } else { outside += a[i][j] * a[i][j] }
            }
        }
        return outside <= 1e-34 * inside
    }

    /// Makes `a[p][q]` zero by a rotation in the plane of `p` and `q`.
    private static func rotate(_ a: inout [[Double]], _ v: inout [[Double]], _ p: Int, _ q: Int) {
        guard a[p][q] != 0 else { return }
        let cotangent = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let root = (cotangent * cotangent + 1).squareRoot()
        let tangent = cotangent >= 0 ? 1 / (cotangent + root) : 1 / (cotangent - root)
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for k in a.indices {
            (a[k][p], a[k][q]) = (
                cosine * a[k][p] - sine * a[k][q], sine * a[k][p] + cosine * a[k][q]
            )
        }
        for k in a.indices {
            (a[p][k], a[q][k]) = (
                cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k]
            )
            (v[k][p], v[k][q]) = (
                cosine * v[k][p] - sine * v[k][q], sine * v[k][p] + cosine * v[k][q]
            )
        }
    }

    /// `vector` in the basis of the eigenvectors.
    public func coordinates(of vector: [Double]) -> [Double] {
        vectors.indices.map { i in
            vectors.indices.reduce(0) { $0 + vectors[$1][i] * vector[$1] }
        }
    }

    /// The vector that has `coordinates` in the basis of the eigenvectors.
    public func vector(of coordinates: [Double]) -> [Double] {
        vectors.map { row in zip(row, coordinates).reduce(0) { $0 + $1.0 * $1.1 } }
    }
}
