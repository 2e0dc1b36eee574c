// swift-tools-version: 6.1
import PackageDescription

// Fuzzing with libFuzzer. The library is built with coverage, hence the links in Sources instead of a dependency.
//
//     swift build -c release --package-path Tests/Fuzz
//     Tests/Fuzz/.build/release/FuzzCSV -max_total_time=600 /tmp/findings Tests/Fuzz/Corpus/CSV
let features: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let coverage = features + [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])]

let package = Package(
    name: "fuzz",
    targets: [
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .target(name: "PlumblineKit", swiftSettings: features),
        .target(
            name: "RecordFiles", dependencies: ["CExpat", "CXLSXWriter", "CZip", "PlumblineKit"],
            swiftSettings: coverage),
        .target(name: "FuzzedReading", dependencies: ["PlumblineKit", "RecordFiles"], swiftSettings: features),
    ]
        + ["FuzzCSV", "FuzzDates", "FuzzJSON", "FuzzJSONLines"].map { name in
            .executableTarget(
                name: name, dependencies: ["FuzzedReading", "PlumblineKit", "RecordFiles"], swiftSettings: coverage,
                linkerSettings: [
                    .unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "muldefs"])
                ])
        }
)
