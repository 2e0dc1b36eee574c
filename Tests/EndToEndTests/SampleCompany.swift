import Foundation
import PlumblineKit
import Testing

/// The sample company in a workspace of its own, as `make demo` makes it.
final class SampleCompany: Sendable {
    /// The company of the suite that runs, its connections pulled; for tests that only look.
    @TaskLocal static var current: SampleCompany?

    nonisolated(unsafe) private let folder: TemporaryFolder
    let program: Plumbline

    /// A new workspace with nothing imported.
    init() throws {
        folder = try TemporaryFolder()
        try folder.fill(from: Checkout.samples.appending(path: "company"))
        let data = folder.url.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        for family in ["ticketing", "oa", "erp", "survey", "attendance"] {
            try FileManager.default.copyItem(
                at: Checkout.samples.appending(path: family), to: data.appending(path: family))
        }
        program = Plumbline(workspace: folder.url)
    }

    /// A copy of another workspace as it is now.
    init(copying other: SampleCompany) throws {
        folder = try TemporaryFolder()
        try folder.fill(from: other.folder.url)
        program = Plumbline(workspace: folder.url)
    }

    var url: URL { folder.url }
    func database() throws -> Database { try Database(folder.url.appending(path: "plumbline.sqlite")) }

    func importAndPull() async throws {
        let people = try await program.json("people", "import")
        #expect(people["added"]?.array?.count == 20)
        let report = try await program.json("pull")
        #expect(report["failures"] == [])
    }
}

/// Pulls the sample company once for all tests of a suite.
struct SampleCompanyTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let company = try SampleCompany()
        try await company.importAndPull()
        try await SampleCompany.$current.withValue(company) { try await function() }
    }
}

extension Trait where Self == SampleCompanyTrait {
    static var sampleCompany: Self { SampleCompanyTrait() }
}
