// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody builds it who does not measure.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "plumbline", path: "..")],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [.product(name: "PlumblineEngine", package: "plumbline")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
