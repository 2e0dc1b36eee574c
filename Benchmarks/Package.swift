// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// A package of its own, so that nobody builds it who does not measure.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "plumbline", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [.product(name: "PlumblineEngine", package: "plumbline")],
            swiftSettings: settings),
        .target(
            name: "TicketAPI",
            dependencies: [.product(name: "PlumblineKit", package: "plumbline")],
            swiftSettings: settings),
        .executableTarget(
            name: "pull-tickets",
            dependencies: [
                "TicketAPI", .product(name: "PlumblineEngine", package: "plumbline"),
                .product(name: "PlumblineHost", package: "plumbline"),
                .product(name: "PlumblineKit", package: "plumbline"),
            ],
            path: "Sources/PullTickets",
            swiftSettings: settings),
        .executableTarget(
            name: "serve-hooks",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "PlumblineEngine", package: "plumbline"),
                .product(name: "PlumblineHost", package: "plumbline"),
            ],
            path: "Sources/ServeHooks", exclude: ["post.lua"],
            swiftSettings: settings),
    ]
)
