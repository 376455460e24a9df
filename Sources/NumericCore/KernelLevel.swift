import CVec
import Glibc

/// What a CPU offers the kernels.
public enum KernelLevel: String, Sendable, CaseIterable {
    /// AVX2 and FMA.
    case v3
    /// AVX-512.
    case v4

    public var isSupported: Bool {
        switch self {
        case .v3: cvec_supports_v3()
        case .v4: cvec_supports_v4()
        }
    }
}

/// Why there are no kernels.
public enum KernelError: Error, Hashable, Sendable, CustomStringConvertible {
    case unsupported(KernelLevel)
    case unknownLevel(String)

    public var description: String {
        switch self {
        case .unsupported(.v3):
            "this CPU lacks AVX2 or FMA, which training needs; any x86-64 CPU since 2015 has them"
        case .unsupported(.v4):
            "this CPU lacks AVX-512, which kernel level v4 needs; SWINGBY_KERNELS=v3 does without"
        case .unknownLevel(let text):
            "SWINGBY_KERNELS is '\(text)'; it may be v3 or v4, or left out for the best there is"
        }
    }
}

extension Kernels {
    /// The best that this CPU can run, or what the environment variable `SWINGBY_KERNELS` names;
    /// decided at the first call.
    public static func chosen() throws(KernelError) -> Kernels {
        try choice.get()
    }

    private static let choice: Result<Kernels, KernelError> = {
        let wish = getenv("SWINGBY_KERNELS").map { String(cString: $0) }
        return Result { () throws(KernelError) in try Kernels(level(wish: wish)) }
    }()

    /// The level that `wish` names, else the best there is.
    static func level(wish: String?) throws(KernelError) -> KernelLevel {
        guard let wish, !wish.isEmpty else { return KernelLevel.v4.isSupported ? .v4 : .v3 }
        guard let level = KernelLevel(rawValue: wish) else { throw .unknownLevel(wish) }
        return level
    }
}
