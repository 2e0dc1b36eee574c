// swift-tools-version: 6.1
import PackageDescription

/// A fuzzer of the parsers of workbooks. Users never build it; `fuzz` does.
let fuzzed: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-enable-testing", "-sanitize=fuzzer,address"]),
]

let package = Package(
    name: "workbook-fuzz",
    targets: [
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .target(name: "PlumblineKit", swiftSettings: fuzzed),
        .target(
            name: "RecordFiles", dependencies: ["CExpat", "CXLSXWriter", "CZip", "PlumblineKit"], swiftSettings: fuzzed),
        .executableTarget(
            name: "WorkbookFuzz", dependencies: ["PlumblineKit", "RecordFiles"], swiftSettings: fuzzed,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
)
