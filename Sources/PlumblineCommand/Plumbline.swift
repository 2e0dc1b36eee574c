internal import ArgumentParser

/// The command `plumbline`.
@main struct Plumbline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumbline",
        abstract: "From the systems a company has to indicator values that explain themselves.",
        subcommands: [])
}
