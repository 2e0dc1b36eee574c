// swift-tools-version: 6.1
import PackageDescription

/// Upcoming features that every target uses.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The families of connectors: one folder in `Plugins`, one target, one test target each.
let families = ["Attendance", "ERP", "File", "OA", "Survey", "Ticketing"]

let connectorTargets = families.map { family in
    Target.target(
        name: "\(family)Connectors", dependencies: ["PlumblineKit"], path: "Plugins/\(family)", swiftSettings: settings)
}

let package = Package(
    name: "plumbline",
    products: [
        .executable(name: "plumbline", targets: ["PlumblineCommand"]),
        .library(name: "PlumblineKit", targets: ["PlumblineKit"]),
        .library(name: "PlumblineTesting", targets: ["PlumblineTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "OpenSSLCrypto", dependencies: ["COpenSSL"], swiftSettings: settings),
        .target(
            name: "YAMLDocument", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: settings),
        .target(
            name: "Expressions", dependencies: ["CRE2", .product(name: "BigInt", package: "BigInt")],
            swiftSettings: settings),
        .target(
            name: "Indicators", dependencies: ["Expressions", "YAMLDocument"],
            resources: [.embedInCode("Resources")], swiftSettings: settings),
        .target(name: "PlumblineKit", swiftSettings: settings),
        .target(
            name: "ReviewStore",
            dependencies: ["Expressions", "Indicators", "OpenSSLCrypto", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .target(
            name: "Gateway",
            dependencies: [
                "Expressions", "Indicators", "OpenSSLCrypto", "PlumblineKit", "ReviewStore", "YAMLDocument",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "PlumblineCommand",
            dependencies: [
                "Expressions", "Gateway", "Indicators", "PlumblineKit", "ReviewStore", "YAMLDocument",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ] + families.map { .init(stringLiteral: "\($0)Connectors") },
            swiftSettings: settings),
    ] + connectorTargets,
    cxxLanguageStandard: .cxx17
)
