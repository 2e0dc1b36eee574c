// Stands between the program and the disk (LD_PRELOAD), for tests of what a crash leaves.
//
//   FAULT_FILE       the database: this file and its -wal are watched
//   FAULT_JOURNAL    keeps what every write overwrites until a sync; `faults.py` puts it back after a kill, as a power cut
//                    would lose it
//   FAULT_KILL_AT    kills the process at so many writes to the database's own file, which only a checkpoint makes
//   FAULT_KILL_AT_LOG  and at so many to its log
//   FAULT_ARMED      where it is set, writes count only while this file is there
//   FAULT_EIO        while this file is there, syncing fails
//   FAULT_ENOSPC     while this file is there, writing fails
//
// The journal is a sequence of entries: 'W' path offset old-size count old-bytes, or 'S' path. Numbers have eight bytes,
// little-endian; a path is its length and bytes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static long writes_to_database = 0;
static long writes_to_log = 0;

// The path of a watched file; 0 for any other.
static int watched(int fd, char path[PATH_MAX]) {
    const char *file = getenv("FAULT_FILE");
    char link[64];
    if (file == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    size_t known = strlen(file);
    return strncmp(path, file, known) == 0 && (path[known] == 0 || strcmp(path + known, "-wal") == 0);
}

static int is_there(const char *variable) {
    const char *path = getenv(variable);
    return path != NULL && syscall(SYS_access, path, F_OK) == 0;
}

static void put(const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = syscall(SYS_write, journal, next, count);
        if (written <= 0) abort();
        next += written;
        count -= (size_t)written;
    }
}

static int opened(void) {
    const char *path = getenv("FAULT_JOURNAL");
    if (path == NULL) return 0;
    if (journal < 0) journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    return journal >= 0;
}

static void put_head(char kind, const char *path) {
    uint64_t length = strlen(path);
    put(&kind, 1);
    put(&length, 8);
    put(path, length);
}

// Before a write, a truncation or an extension: what is there now.
static void keep(int fd, const char *path, off_t offset, size_t count) {
    struct stat status;
    if (!opened() || fstat(fd, &status) != 0) return;
    char *old = malloc(count == 0 ? 1 : count);
    ssize_t there = count == 0 ? 0 : syscall(SYS_pread64, fd, old, count, offset);
    uint64_t numbers[3] = {(uint64_t)offset, (uint64_t)status.st_size, there > 0 ? (uint64_t)there : 0};
    put_head('W', path);
    put(numbers, sizeof numbers);
    put(old, numbers[2]);
    free(old);
}

// Kills the process at the write that was chosen.
static void count_write(const char *path) {
    if (getenv("FAULT_ARMED") != NULL && !is_there("FAULT_ARMED")) return;
    int is_database = strcmp(path, getenv("FAULT_FILE")) == 0;
    long count = is_database ? ++writes_to_database : ++writes_to_log;
    const char *kill_at = getenv(is_database ? "FAULT_KILL_AT" : "FAULT_KILL_AT_LOG");
    if (kill_at != NULL && count == atol(kill_at)) kill(getpid(), SIGKILL);
}

static int fails_before_write(int fd, off_t offset, size_t count) {
    char path[PATH_MAX];
    if (!watched(fd, path)) return 0;
    if (is_there("FAULT_ENOSPC")) {
        errno = ENOSPC;
        return 1;
    }
    pthread_mutex_lock(&lock);
    count_write(path);
    keep(fd, path, offset, count);
    pthread_mutex_unlock(&lock);
    return 0;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    if (fails_before_write(fd, offset, count)) return -1;
    return syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return pwrite64(fd, bytes, count, offset); }

ssize_t write(int fd, const void *bytes, size_t count) {
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (offset >= 0 && fails_before_write(fd, offset, count)) return -1;
    return syscall(SYS_write, fd, bytes, count);
}

int ftruncate64(int fd, off64_t size) {
    struct stat status;
    if (fstat(fd, &status) == 0 && fails_before_write(fd, size, status.st_size > size ? status.st_size - size : 0)) return -1;
    return (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int sync_file(int fd, long number) {
    char path[PATH_MAX];
    if (!watched(fd, path)) return (int)syscall(number, fd);
    if (is_there("FAULT_EIO")) {
        errno = EIO;
        return -1;
    }
    pthread_mutex_lock(&lock);
    int result = (int)syscall(number, fd);
    if (result == 0 && opened()) put_head('S', path);
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }
