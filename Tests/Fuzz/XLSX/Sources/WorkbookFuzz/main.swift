import Glibc

/// Of libFuzzer.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// WorkbookFuzz sheet|shared|styles, then the arguments of libFuzzer.
var count = CommandLine.argc - 1
var arguments = CommandLine.unsafeArgv + 1

switch CommandLine.arguments.dropFirst().first {
case "sheet": exit(runDriver(&count, &arguments) { SheetInput(bytes: $0, count: $1).run() })
case "shared": exit(runDriver(&count, &arguments) { SharedInput(bytes: $0, count: $1).run() })
case "styles": exit(runDriver(&count, &arguments) { StylesInput(bytes: $0, count: $1).run() })
default:
    print("usage: WorkbookFuzz sheet|shared|styles [libFuzzer's options] [CORPUS]")
    exit(2)
}
