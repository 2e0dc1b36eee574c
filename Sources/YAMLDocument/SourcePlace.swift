/// A place in a configuration file.
public struct SourcePlace: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The file as the person who wrote it knows it, mostly relative to the workspace.
    public let file: String
    /// Counted from 1.
    public let line: Int
    /// Counted from 1, in Unicode scalars.
    public let column: Int

    /// The place at `line` and `column` of `file`, both counted from 1.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, as editors understand it.
    public var description: String { "\(file):\(line):\(column)" }

    /// By file, then by line and column.
    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// What is wrong at a place of a configuration file, and what was expected there.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it is wrong.
    public let place: SourcePlace
    /// What is wrong and what was expected, as one line without the place.
    public let message: String

    /// A problem at a place.
    public init(_ place: SourcePlace, _ message: String) {
        self.place = place
        self.message = message
    }

    /// `file:line:column: message`.
    public var description: String { "\(place): \(message)" }
}

/// The problems found while one or more files are read; reading goes on after each, so that a person sees all at once.
public final class ProblemLog {
    /// The problems in the order in which they were found.
    public private(set) var problems: [Problem] = []

    /// A log without problems.
    public init() {}

    /// Notes a problem at a place.
    public func add(_ place: SourcePlace, _ message: String) {
        problems.append(Problem(place, message))
    }

    /// Notes a problem that was thrown elsewhere.
    public func add(_ problem: Problem) {
        problems.append(problem)
    }
}

/// The problems of a configuration that cannot be used, in the order of their places.
public struct InvalidConfiguration: Error, Sendable, CustomStringConvertible {
    /// The problems, ascending by place.
    public let problems: [Problem]

    /// The problems in any order.
    public init(_ problems: [Problem]) {
        self.problems = problems.sorted { $0.place < $1.place }
    }

    /// One line for each problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
