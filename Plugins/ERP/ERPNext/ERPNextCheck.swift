import PlumblineKit

/// What our user can read. Frappe leaves out what roles do not allow without a word, so an empty list may be one of
/// these.
struct ERPNextCheck {
    let client: ERPNextClient
    let settings: Settings
    let zone: String

    /// A line for each type of documents, and one for the zone.
    func remarks() async throws(ConnectorError) -> [String] {
        var remarks = [try await zoneRemark()]
        for stream in ERPNextStream.all {
            for form in stream.forms {
                let own = try ERPNextForm(form, of: stream.name, settings: settings)
                let fields = own.table == nil ? own.members.map(\.field) : []
                remarks += try await lines(on: own.doctype, fields, for: stream.name, where: own.filters)
                for link in own.links {
                    let fields = try ERPNextForm.members(link.fields, settings).map(\.field)
                    let use = "\(stream.name).\(link.member)"
                    remarks += try await lines(on: settings[link.doctype], fields, for: use, where: filters(of: link))
                }
            }
        }
        return remarks + (try await furtherRemarks())
    }

    /// As a run asks, but for any document of ours.
    private func filters(of link: ERPNextLink) -> [JSON] {
        guard case .rows(let type, let field, _) = link.kind else { return link.filters }
        return link.filters + [[.string(settings[type]), .string(settings[field]), "is", "set"]]
    }

    private func furtherRemarks() async throws(ConnectorError) -> [String] {
        let ledger = try ERPNextForm.members(ERPNextPostings.fields, settings).map(\.field)
        var remarks = try await lines(on: settings[ERPNextPostings.doctype], ledger, for: "budget_lines.actual")
        remarks += try await lines(on: settings[ERPNextPostings.costCenters], [], for: "budget_lines.actual")
        if settings[ERPNextUnits.reads] {
            let fields = try ERPNextForm.members(ERPNextUnits.fields, settings).map(\.field)
            remarks += try await lines(on: settings[ERPNextUnits.doctype], fields, for: "employees.unit")
        }
        if settings[ERPNextSettings.readsDeleted] {
            remarks += try await lines(on: settings[ERPNextDeleted.doctype], [], for: "deletions")
        }
        return remarks
    }

    private func zoneRemark() async throws(ConnectorError) -> String {
        guard let site = try await client.zone() else {
            return "the site's time zone cannot be read: times are taken for those of \(zone)"
        }
        return "the site's time zone is \(site)"
    }

    private func lines(
        on doctype: String, _ fields: [String], for use: String, where filters: [JSON] = []
    ) async throws(ConnectorError) -> [String] {
        let query = ERPNextQuery(doctype: doctype, fields: fields, filters: filters, limit: 1)
        do throws(ConnectorError) {
            guard let row = try await client.list(query).first else {
                return ["\(use): \(doctype) shows nothing; there is none, or our user may see none"]
            }
            let missing = fields.filter { row[$0] == nil }.sorted()
            return ["\(use): \(doctype) can be read"]
                + (missing.isEmpty ? [] : ["\(use): \(doctype) does not show \(missing.joined(separator: ", "))"])
        } catch {
            switch error {
            case .refused(status: 403, let reason), .unexpected(let reason): return ["\(use) cannot be read: \(reason)"]
            default: throw error
            }
        }
    }
}
