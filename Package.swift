// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// The kernels are built once per CPU level from the same sources (`KernelsV4` is a link to
/// `KernelsV3`); `NumericCore` chooses between the two when the program starts. They are optimised
/// in debug builds too, so that tests of the numeric core stay fast; whole-module optimisation in a
/// debug build wants an object a file (`-num-threads`) and no batches.
func kernels(march: String) -> [SwiftSetting] {
    strict + [
        .unsafeFlags([
            "-Ounchecked", "-wmo", "-num-threads", "2", "-disable-batch-mode",
            "-Xcc", "-march=\(march)",
        ])
    ]
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "Swingby",
    products: [.executable(name: "swingby", targets: ["swingby"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        // Row 0: values only.
        .target(name: "Sweeps", dependencies: ["Yams", crypto], swiftSettings: strict),

        // Row 1: pure state machines; the numeric core.
        .target(name: "Coordination", dependencies: ["Sweeps"], swiftSettings: strict),
        .target(name: "CVec"),
        .target(
            name: "KernelsV3", dependencies: ["CVec"], swiftSettings: kernels(march: "x86-64-v3")),
        .target(
            name: "KernelsV4", dependencies: ["CVec"], swiftSettings: kernels(march: "x86-64-v4")),
        .target(
            name: "NumericCore", dependencies: ["CVec", "KernelsV3", "KernelsV4"],
            swiftSettings: strict),

        // Row 2: trial kinds, sockets, database, tables, figures.
        .target(
            name: "SIMTrials", dependencies: ["NumericCore", "Sweeps"],
            swiftSettings: strict),
        .target(
            name: "DiffusionTrials", dependencies: ["NumericCore", "Sweeps"],
            swiftSettings: strict),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .target(
            name: "Transport",
            dependencies: ["Coordination", "Sweeps", "CZeroMQ", protobuf, logging],
            exclude: ["wire.proto"], swiftSettings: strict),
        .target(name: "Store", dependencies: ["Sweeps", grdb, sqlite], swiftSettings: strict),
        .target(name: "Report", dependencies: ["NumericCore", "Sweeps"], swiftSettings: strict),
        .target(name: "Figures", dependencies: ["Sweeps", subprocess], swiftSettings: strict),

        // Row 3: judgement; shells.
        .target(
            name: "Claims", dependencies: ["Report", "SIMTrials", "Sweeps"],
            swiftSettings: strict),
        .target(
            name: "Cluster",
            dependencies: [
                "Coordination", "Sweeps", "Transport", "Store", lifecycle, logging, subprocess,
                systemPackage,
            ],
            swiftSettings: strict),

        // Row 4: the command line.
        .executableTarget(
            name: "swingby",
            dependencies: [
                "Sweeps", "Coordination", "SIMTrials", "DiffusionTrials", "Transport", "Store",
                "Report", "Figures",
                "Claims", "Cluster", "NumericCore", argumentParser, lifecycle, logging, unixSignals,
            ],
            swiftSettings: strict),

        .testTarget(
            name: "SweepsTests", dependencies: ["Sweeps"], exclude: ["expand.py"],
            swiftSettings: strict),
        .testTarget(
            name: "ClusterTests", dependencies: ["Cluster", "Coordination", "Sweeps", logging],
            swiftSettings: strict),
        .testTarget(
            name: "CoordinationTests", dependencies: ["Coordination", "Sweeps"],
            swiftSettings: strict),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .testTarget(
            name: "NumericCoreTests",
            dependencies: ["NumericCore", "KernelsV3", "KernelsV4", "CVec", "CAllocations"],
            exclude: ["elementary"], swiftSettings: strict),
        .testTarget(
            name: "SIMTrialsTests", dependencies: ["SIMTrials", "NumericCore", "Sweeps"],
            exclude: ["torch", "golden"], swiftSettings: strict),
        .testTarget(
            name: "DiffusionTrialsTests",
            dependencies: ["DiffusionTrials", "NumericCore", "Sweeps"],
            exclude: ["reference", "golden"], swiftSettings: strict),
        .testTarget(
            name: "ExampleKindTests", dependencies: ["NumericCore", "Sweeps"],
            swiftSettings: strict),
        .testTarget(
            name: "TransportTests",
            dependencies: ["Transport", "Coordination", "Sweeps", "CZeroMQ", logging, protobuf],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", "Sweeps", grdb], swiftSettings: strict),
        .testTarget(
            name: "ReportTests", dependencies: ["Report", "Sweeps"], exclude: ["python"],
            swiftSettings: strict),
        .testTarget(
            name: "FiguresTests", dependencies: ["Figures", "Sweeps"], swiftSettings: strict),
        .testTarget(
            name: "ClaimsTests",
            dependencies: ["Claims", "DiffusionTrials", "Report", "SIMTrials", "Sweeps"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["swingby"],
            exclude: [
                "features.yaml", "features-digests.txt", "drawings.yaml", "drawings-digests.txt",
                "quickstart-digests.txt",
                "quickstart-table.json", "python", "release-digests",
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
