/// libFuzzer's driver. Swift's executables have their own `main`, so it is called instead of linked in.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What is tried with each input. Set once, before the driver starts.
nonisolated(unsafe) private var trial: (UnsafeRawBufferPointer) -> Void = { _ in }

/// Tries `body` with the inputs that libFuzzer makes up, as the command line says.
public func fuzz(_ body: @escaping (UnsafeRawBufferPointer) -> Void) {
    trial = body
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = runDriver(&count, &arguments) { start, count in
        trial(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    }
}
