import Testing

@testable import Gateway

@Suite struct ConfinementTests {
    @Test func `a program has a user or namespaces of its own, unless the connection wants neither`() {
        let table: [(SandboxOptions.Namespaces, isOther: Bool, refusal: String?, Confinement)] = [
            (.auto, true, nil, .isolated), (.auto, false, nil, .isolated),
            (.required, true, nil, .isolated), (.required, false, nil, .isolated),
            (.auto, true, "no", .plain), (.auto, false, "no", .refused("no")),
            (.required, true, "no", .refused("no")), (.required, false, "no", .refused("no")),
            (.off, true, nil, .plain), (.off, false, nil, .plain), (.off, true, "no", .plain),
            (.off, false, "no", .plain),
        ]
        for (wanted, isOther, refusal, outcome) in table {
            #expect(
                Confinement(wanted, isOtherUser: isOther, refusal: refusal) == outcome,
                "\(wanted), \(isOther), \(refusal ?? "namespaces")")
        }
    }

    @Test func `a refusal says what to do`() {
        let error = "\(Confinement.error("not allowed", wanted: .auto))"
        for part in ["'sandbox'", "not allowed", "secrets", "RestrictNamespaces", "'user'", "'namespaces: off'"] {
            #expect(error.contains(part), "\(part)")
        }
        #expect(!"\(Confinement.error("not allowed", wanted: .required))".contains("off"))
    }

    @Test func `without namespaces two connections do not have programs of one user at once`() {
        let users = PlainUsers()
        let (one, other) = (SandboxScene().programs, SandboxScene().programs)
        let first = users.enter(7, for: one)
        let second = users.enter(7, for: one)
        #expect(first != nil && second != nil && users.enter(7, for: other) == nil)
        #expect(users.enter(8, for: other) != nil, "another user is free")
        first?.leave()
        #expect(users.enter(7, for: other) == nil)
        second?.leave()
        #expect(users.enter(7, for: other) != nil)
    }
}
