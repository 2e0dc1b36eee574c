internal import Foundation

/// What this process takes of the machine.
struct ProcessMeasures {
    /// Time of processors, of the program itself and of the system for it.
    let processorTime: Duration
    /// Memory that lies in RAM, in bytes; nil where the system does not say.
    let residentBytes: Int?
    /// Open files and connections; nil where the system does not say.
    let openFiles: Int?

    /// As they are now.
    init() {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        processorTime = .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        residentBytes = pages.flatMap { $0.count > 1 ? Int($0[1]) : nil }.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
        openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count
    }
}
