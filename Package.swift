// swift-tools-version: 6.1
import PackageDescription

/// Upcoming features that every target uses.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The families of connectors: a folder in `Plugins`, a target and a test target each.
let families = ["Attendance", "ERP", "File", "OA", "Process", "Survey", "Ticketing", "Webhook"]
let connectors: [Target.Dependency] = families.map { .target(name: "\($0)Connectors") }

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = ["Hummingbird", "HummingbirdCore"].map {
    Target.Dependency.product(name: $0, package: "hummingbird")
}
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = ["NIOCore", "NIOHTTP1", "NIOPosix"].map { Target.Dependency.product(name: $0, package: "swift-nio") }
let nioHTTPTypes = ["NIOHTTPTypes", "NIOHTTPTypesHTTP1"].map {
    Target.Dependency.product(name: $0, package: "swift-nio-extras")
}
let nioCompression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let sources: [Target] = [
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
    .target(name: "CSandbox"),
    .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .executableTarget(name: "EmbedFiles"),
    .plugin(
        name: "EmbedFilesPlugin", capability: .buildTool(), dependencies: ["EmbedFiles"],
        path: "Sources/EmbedFilesPlugin"),
    .target(name: "Callbacks", dependencies: ["OpenSSLCrypto", "PlumblineKit", "XMLDocument"]),
    .target(
        name: "Console",
        dependencies: [
            "Callbacks", "Expressions", "Gateway", "OpenSSLCrypto", "PlumblineKit", "ReviewStore", httpTypes, lifecycle,
            logging, signals,
        ] + hummingbird + nio + nioHTTPTypes),
    .target(name: "OpenSSLCrypto", dependencies: ["COpenSSL"]),
    .target(name: "XMLDocument", dependencies: ["CExpat"]),
    .target(name: "YAMLDocument", dependencies: [yams]),
    .target(name: "Expressions", dependencies: ["CRE2", bigInt]),
    .target(
        name: "Indicators", dependencies: ["Expressions", "PlumblineKit", "YAMLDocument"], exclude: ["Resources"],
        plugins: ["EmbedFilesPlugin"]),
    .target(name: "PlumblineKit"),
    .target(name: "RecordFiles", dependencies: ["CExpat", "CXLSXWriter", "CZip", "PlumblineKit"]),
    .target(
        name: "ReviewStore",
        dependencies: ["Expressions", "Indicators", "OpenSSLCrypto", "PlumblineKit", grdb, sqlite]),
    .target(
        name: "Gateway",
        dependencies: [
            "CSandbox", "Callbacks", "Expressions", "Indicators", "OpenSSLCrypto", "PlumblineKit", "RecordFiles",
            "ReviewStore", "YAMLDocument", asyncHTTPClient, lifecycle, logging, nioCompression, nioSSL,
        ] + nio,
        plugins: ["EmbedFilesPlugin"]),
    .executableTarget(
        name: "PlumblineCommand",
        dependencies: [
            "Console", "Expressions", "Gateway", "Indicators", "OpenSSLCrypto", "PlumblineKit", "RecordFiles",
            "ReviewStore", "YAMLDocument", argumentParser, logging,
        ] + connectors),
    .target(name: "PlumblineTesting", dependencies: ["PlumblineKit"]),
]

/// What families see beside the Kit: the reader of files, and clients of systems that several families read.
let shared: [String: [Target.Dependency]] = [
    "Attendance": ["DingTalkServer", "FeishuServer", "RecordFiles", "TrytonServer", "WeComServer"],
    "ERP": ["TrytonServer"],
    "File": ["RecordFiles"], "OA": ["DingTalkServer", "FeishuServer", "WeComServer", "XMLDocument"],
]

let connectorTargets: [Target] =
    families.map { family in
        .target(
            name: "\(family)Connectors", dependencies: ["PlumblineKit"] + (shared[family] ?? []),
            path: "Plugins/\(family)")
    } + [
        .target(name: "DingTalkServer", dependencies: ["PlumblineKit"], path: "Plugins/Shared/DingTalk"),
        .target(name: "FeishuServer", dependencies: ["PlumblineKit"], path: "Plugins/Shared/Feishu"),
        .target(name: "TrytonServer", dependencies: ["PlumblineKit"], path: "Plugins/Shared/Tryton"),
        .target(name: "WeComServer", dependencies: ["PlumblineKit"], path: "Plugins/Shared/WeCom"),
    ]

let tests: [Target] = [
    .testTarget(
        name: "CallbacksTests", dependencies: ["Callbacks", "OpenSSLCrypto", "PlumblineKit", "PlumblineTesting"]),
    .testTarget(
        name: "ConsoleTests",
        dependencies: [
            "Callbacks", "Console", "Expressions", "Gateway", "Indicators", "OpenSSLCrypto", "PlumblineKit",
            "PlumblineTesting", "ReviewStore", httpTypes, lifecycle, logging,
            .product(name: "HummingbirdTesting", package: "hummingbird"),
        ] + hummingbird + nio),
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "OpenSSLCrypto", "PlumblineCommand", "PlumblineKit", "PlumblineTesting", "RecordFiles", "ZKTecoTesting",
            bigInt,
            sqlite,
        ],
        exclude: ["Workspaces"]),
    .target(
        name: "DingTalkTesting", dependencies: ["PlumblineKit", "PlumblineTesting"], path: "Tests/Shared/DingTalk"),
    .testTarget(name: "ExpressionsTests", dependencies: ["Expressions", "PlumblineTesting", bigInt]),
    .target(
        name: "FeishuTesting", dependencies: ["PlumblineKit", "PlumblineTesting"], path: "Tests/Shared/Feishu"),
    .testTarget(
        name: "GatewayTests",
        dependencies: [
            "Callbacks", "Expressions", "Gateway", "Indicators", "OpenSSLCrypto", "PlumblineKit", "PlumblineTesting",
            "RecordFiles", "ReviewStore", "YAMLDocument", grdb, lifecycle, logging, nioSSL,
        ] + connectors + nio),
    .testTarget(
        name: "IndicatorsTests",
        dependencies: ["Expressions", "Indicators", "PlumblineKit", "PlumblineTesting", "YAMLDocument"],
        exclude: ["Golden"]),
    .testTarget(name: "OpenSSLCryptoTests", dependencies: ["OpenSSLCrypto"]),
    .testTarget(name: "PlumblineKitTests", dependencies: ["PlumblineKit", "PlumblineTesting"]),
    .testTarget(
        name: "RecordFilesTests", dependencies: ["CZip", "PlumblineKit", "PlumblineTesting", "RecordFiles"]),
    .testTarget(
        name: "ReviewStoreTests",
        dependencies: ["Expressions", "Indicators", "OpenSSLCrypto", "PlumblineKit", "ReviewStore", grdb]),
    .target(
        name: "TrytonTesting", dependencies: ["PlumblineKit", "PlumblineTesting"], path: "Tests/Shared/Tryton"),
    .target(name: "WeComTesting", dependencies: ["PlumblineKit", "PlumblineTesting"], path: "Tests/Shared/WeCom"),
    .target(name: "ZKTecoTesting", dependencies: ["PlumblineKit"], path: "Tests/Shared/ZKTeco"),
    .testTarget(name: "XMLDocumentTests", dependencies: ["XMLDocument"]),
    .testTarget(name: "YAMLDocumentTests", dependencies: ["YAMLDocument"]),
]

/// What tests of families see beside them.
let testShared: [String: [Target.Dependency]] = [
    "Attendance": ["DingTalkTesting", "FeishuTesting", "TrytonTesting", "WeComTesting", "ZKTecoTesting"],
    "ERP": ["OpenSSLCrypto", "TrytonServer", "TrytonTesting"],
    "OA": ["DingTalkServer", "DingTalkTesting", "FeishuTesting", "WeComTesting"], "Survey": ["OpenSSLCrypto"],
]

/// A test target of each family.
let connectorTests: [Target] = families.map { family in
    .testTarget(
        name: "\(family)Tests",
        dependencies: ["PlumblineKit", "PlumblineTesting", .target(name: "\(family)Connectors")]
            + (testShared[family] ?? []),
        resources: [.copy("Fixtures")])
}

let package = Package(
    name: "plumbline",
    products: [
        .executable(name: "plumbline", targets: ["PlumblineCommand"]),
        // The host and what it takes to start it, for programs that bring connectors of their own.
        .library(
            name: "PlumblineHost",
            targets: ["Callbacks", "Console", "FileConnectors", "Gateway", "OpenSSLCrypto", "ReviewStore"]),
        .library(name: "PlumblineEngine", targets: ["Expressions", "Indicators", "YAMLDocument"]),
        .library(name: "PlumblineKit", targets: ["PlumblineKit"]),
        .library(name: "PlumblineTesting", targets: ["PlumblineTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: sources + connectorTargets + tests + connectorTests,
    cxxLanguageStandard: .cxx17
)

for target in package.targets
where ![.system, .plugin].contains(target.type) && !["CRE2", "CSandbox"].contains(target.name) {
    target.swiftSettings = settings
}
