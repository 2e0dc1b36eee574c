package import PlumblineKit
import PlumblineTesting

extension WeComEmulator {
    package struct Approval: Sendable {
        package let number: String
        package var template: String
        package var name: String
        package var status: Int
        package let applied: Instant
        /// The time by which it is listed, where that is not the one that its detail tells (UNC whether they may differ).
        package var listed: Instant?
        package var requester: String
        package var steps: [Step]
        package var contents: [JSON]
        /// Leaves a member out of the detail, as a system that is broken would.
        package var lacks: String?

        package init(
            _ number: String, _ template: String, _ name: String, by requester: String, at applied: Instant,
            steps: [Step], contents: [JSON] = []
        ) {
            (self.number, self.template, self.name) = (number, template, name)
            (self.requester, self.applied, self.steps, self.contents) = (requester, applied, steps, contents)
            status = 1
        }
    }

    package struct Step: Sendable {
        package var status = 1
        package var approvers: [Approver]

        package init(_ userids: String...) { approvers = userids.map { Approver(userid: $0) } }
    }

    package struct Approver: Sendable {
        package let userid: String
        package var status = 1
        package var at: Instant?
    }

    package mutating func put(_ approval: Approval) { approvals[approval.number] = approval }

    /// The first approver who is waited for passes or rejects, where the approval is pending.
    package mutating func decide(_ number: String, _ status: Int = 2, at now: Instant) {
        guard var approval = approvals[number], approval.status == 1,
            let step = approval.steps.firstIndex(where: { $0.status == 1 })
        else { return }
        approval.steps[step].status = status
        approval.steps[step].approvers[0].status = status
        approval.steps[step].approvers[0].at = now
        if status != 2 || !approval.steps.contains(where: { $0.status == 1 }) { approval.status = status }
        approvals[number] = approval
    }

    mutating func approvalList(_ request: EmulatedRequest) -> CannedAnswer {
        let body = body(["starttime", "endtime", "new_cursor", "size", "filters"], of: request)
        guard mayReadApprovals else { return failure(301_055) }
        guard let start = body["starttime"]?.string.flatMap(Int64.init), let cursor = body["new_cursor"]?.string,
            let end = body["endtime"]?.string.flatMap(Int64.init), let size = body["size"]?.int
        else {
            fault("\(request.path): starttime, endtime and new_cursor are texts, size a number")
            return failure(40058)
        }
        if !(1...100).contains(size) || start > end || end - start > 31 * 86_400 {
            fault("\(request.path): \(end - start) seconds, size \(size)")
            return failure(40058)
        }
        let wanted = filters(body, request)
        let found = approvals.values.filter { approval in
            let at = (approval.listed ?? approval.applied).microseconds / 1_000_000
            let isInside = holdsEdges ? start <= at && at <= end : start < at && at < end
            return isInside && wanted.allSatisfy { $0 == approval.template }
        }.map(\.number)
        return page(of: found.sorted(), after: cursor, size: size)
    }

    private mutating func filters(_ body: JSON, _ request: EmulatedRequest) -> [String] {
        let filters = body["filters"]?.array ?? []
        for filter in filters where filter["key"] != "template_id" {
            fault("\(request.path): filter '\(filter["key"]?.text ?? "")'")
        }
        return filters.compactMap { $0["value"]?.string }
    }

    /// The cursor is the last number, with an `e` where an empty page stood before.
    private func page(of numbers: [String], after cursor: String, size: Int) -> CannedAnswer {
        let place = cursor.hasSuffix("e") ? String(cursor.dropLast()) : cursor
        let rest = numbers.filter { $0 > place }
        if shortPages != nil, !cursor.hasSuffix("e"), !rest.isEmpty {
            return success(["sp_no_list": [], "new_next_cursor": .string("\(place)e")])
        }
        let shown = rest.prefix(min(size, shortPages ?? size))
        let repeated = repeatsNumbers && !place.isEmpty ? [place] : []
        var answer: JSONObject = ["sp_no_list": .array((repeated + shown).map(JSON.string))]
        if rest.count > shown.count, let last = shown.last { answer["new_next_cursor"] = .string(last) }
        return success(answer)
    }

    mutating func approvalDetail(_ request: EmulatedRequest) -> CannedAnswer {
        let body = body(["sp_no"], of: request)
        guard mayReadApprovals else { return failure(301_055) }
        guard let number = body["sp_no"]?.string, let approval = approvals[number] else { return failure(301_025) }
        return success(["info": json(approval)])
    }

    private func json(_ approval: Approval) -> JSON {
        var info: JSONObject = [
            "sp_no": .string(approval.number), "sp_name": .string(approval.name), "sp_status": .int(approval.status),
            "template_id": .string(approval.template), "apply_time": Self.seconds(approval.applied),
            "applyer": ["userid": .string(approval.requester), "partyid": "2"],
            "sp_record": .array(approval.steps.map(json)),
            "notifyer": [["userid": .string(Self.canary)]],
            "apply_data": ["contents": .array(approval.contents)],
            "comments": [
                [
                    "commentUserInfo": ["userid": .string(Self.canary)], "commentcontent": .string(Self.canary),
                    "media_id": [.string(Self.canary)],
                ]
            ],
        ]
        if let name = approval.lacks { info[name] = nil }
        return .object(info)
    }

    private func json(_ step: Step) -> JSON {
        let details = step.approvers.map { approver -> JSON in
            [
                "approver": ["userid": .string(approver.userid)], "speech": .string(Self.canary),
                "sp_status": .int(approver.status), "sptime": approver.at.map(Self.seconds) ?? 0,
                "media_id": [.string(Self.canary)],
            ]
        }
        return ["sp_status": .int(step.status), "approverattr": 1, "details": .array(details)]
    }

    static func seconds(_ moment: Instant) -> JSON { .int(Int(moment.microseconds / 1_000_000)) }
}

// MARK: - Controls of forms

extension WeComEmulator {
    /// A control of a form with its title in two languages.
    package static func control(_ kind: String, _ title: String, id: String? = nil, _ value: JSON) -> JSON {
        [
            "control": .string(kind), "id": .string(id ?? "\(kind)-\(title)"),
            "title": [["text": "Title", "lang": "en"], ["text": .string(title), "lang": "zh_CN"]], "value": value,
        ]
    }

    /// A selection of some options.
    package static func selection(_ options: String..., isMulti: Bool = false) -> JSON {
        let chosen = options.map { option -> JSON in
            ["key": .string("option-\(option)"), "value": [["text": .string(option), "lang": "zh_CN"]]]
        }
        return ["selector": ["type": isMulti ? "multi" : "single", "options": .array(chosen)]]
    }
}
