/// A place in a configuration file.
public struct SourcePlace: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let file: String
    /// Counted from 1.
    public let line: Int
    /// Counted from 1, in Unicode scalars.
    public let column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// What is wrong at a place of a configuration file, and what was expected there.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public let place: SourcePlace
    public let message: String

    public init(_ place: SourcePlace, _ message: String) {
        self.place = place
        self.message = message
    }

    public var description: String { "\(place): \(message)" }
}

/// The problems found while one or more files are read; reading goes on after each, so that a person sees all at once.
public final class ProblemLog {
    public private(set) var problems: [Problem] = []

    public init() {}

    public func add(_ place: SourcePlace, _ message: String) {
        problems.append(Problem(place, message))
    }

    public func add(_ problem: Problem) {
        problems.append(problem)
    }
}

/// The problems of a configuration that cannot be used, in the order of their places.
public struct InvalidConfiguration: Error, Sendable, CustomStringConvertible {
    public let problems: [Problem]

    public init(_ problems: [Problem]) {
        self.problems = problems.sorted { $0.place < $1.place }
    }

    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
