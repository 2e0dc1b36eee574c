#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The C library's fork and setuid take locks and talk to threads that a copy of the process does not have.
static pid_t clone_process(unsigned long flags) { return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0); }

static void tell(int report, int kind, int detail, int error) {
  struct csandbox_report message = {kind, detail, error};
  ssize_t written = write(report, &message, sizeof message);
  (void)written;
}

static bool write_file(const char *path, const char *text, size_t length) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool is_written = write(file, text, length) == (ssize_t)length;
  int error = errno;
  close(file);
  errno = error;
  return is_written;
}

static size_t append_number(char *text, size_t place, unsigned number) {
  char digits[12];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) text[place++] = digits[--count];
  return place;
}

// "NUMBER NUMBER 1": the caller alone, under its own number.
static bool write_map(const char *path, unsigned number) {
  char text[32];
  size_t length = append_number(text, 0, number);
  text[length++] = ' ';
  length = append_number(text, length, number);
  memcpy(text + length, " 1\n", 3);
  return write_file(path, text, length + 3);
}

static bool map_user(uid_t user, gid_t group) {
  return write_file("/proc/self/setgroups", "deny", 4) && write_map("/proc/self/uid_map", user)
    && write_map("/proc/self/gid_map", group);
}

static bool hide(const char *path) {
  struct stat facts;
  if (lstat(path, &facts) != 0) return errno == ENOENT;
  if (S_ISDIR(facts.st_mode)) {
    return mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=4k,mode=0555") == 0;
  }
  return mount("/dev/null", path, NULL, MS_BIND, NULL) == 0;
}

static bool arrange_mounts(const struct csandbox_order *order) {
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) return false;
  for (const char *const *path = order->hidden; *path != NULL; path++) {
    if (!hide(*path)) return false;
  }
  return true;
}

static bool limit(int resource, rlim_t value) {
  struct rlimit limit = {value, value};
  if (setrlimit(resource, &limit) == 0) return true;
  // A limit that is below already is as good, and must not be raised.
  struct rlimit present;
  return errno == EPERM && getrlimit(resource, &present) == 0 && present.rlim_max <= value;
}

static bool set_limits(const struct csandbox_order *order) {
  return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 1024)
    && (order->memory == 0 || limit(RLIMIT_DATA, order->memory))
    && (order->file_size == 0 || limit(RLIMIT_FSIZE, order->file_size))
    && (order->processes == 0 || limit(RLIMIT_NPROC, order->processes));
}

static bool change_user(const struct csandbox_order *order) {
  if (order->changes_user) {
    if (syscall(SYS_setgroups, 1, &order->group) != 0) return false;
    if (syscall(SYS_setresgid, order->group, order->group, order->group) != 0) return false;
    if (syscall(SYS_setresuid, order->user, order->user, order->user) != 0) return false;
  }
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static void reset_signals(void) {
  struct sigaction usual;
  memset(&usual, 0, sizeof usual);
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++) sigaction(number, &usual, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Closes all from `first` on but `kept`, which are ascending.
static void close_others(unsigned first, const int *kept, int count) {
  for (int place = 0; place < count; place++) {
    unsigned next = (unsigned)kept[place];
    if (next > first) syscall(SYS_close_range, first, next - 1, 0u);
    first = next + 1;
  }
  syscall(SYS_close_range, first, ~0u, 0u);
}

// Descriptors from 3 on: so that none is overwritten by the program's own three.
static int raised(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 10); }

static void fail(int channel, int stage) {
  tell(channel, csandbox_failed, stage, errno);
  _exit(127);
}

static void run_program(const struct csandbox_order *order, int channel) {
  int output = raised(order->output), errors = raised(order->errors), input = open("/dev/null", O_RDONLY);
  channel = raised(channel);
  setsid();
  if (!set_limits(order)) fail(channel, csandbox_limits);
  if (!change_user(order)) fail(channel, csandbox_user);
  if (chdir(order->folder) != 0) fail(channel, csandbox_folder);
  umask(077);
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) fail(channel, csandbox_fork);
  close_others(3, &channel, 1);
  reset_signals();
  // A program that was written just now may still be open in a process that was forked meanwhile.
  for (int attempt = 0; attempt < 100; attempt++) {
    execve(order->program, (char *const *)order->arguments, (char *const *)order->environment);
    if (errno != ETXTBSY) break;
    poll(NULL, 0, 10);
  }
  fail(channel, csandbox_exec);
}

// Ends every process below the keeper. Those whose parent has gone are the keeper's, for it is a subreaper.
static void end_children(bool is_first) {
  if (is_first) {
    kill(-1, SIGKILL);
    return;
  }
  for (int round = 0; round < 1000; round++) {
    char text[4096];
    int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (list < 0) return;
    ssize_t length = read(list, text, sizeof text);
    close(list);
    if (length <= 0) return;
    pid_t child = 0;
    for (ssize_t place = 0; place < length; place++) {
      if (text[place] >= '0' && text[place] <= '9') {
        child = child * 10 + (text[place] - '0');
      } else if (child > 0) {
        kill(child, SIGKILL);
        child = 0;
      }
    }
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
    poll(NULL, 0, 1);
  }
}

static void keep(const struct csandbox_order *order, pid_t program, int report, int lifeline, int children) {
  bool has_ended = false;
  while (true) {
    struct pollfd watched[2] = {{lifeline, POLLIN, 0}, {children, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0 && errno != EINTR) break;
    if (watched[0].revents != 0) {
      char word;
      if (read(lifeline, &word, 1) != 1) break;
      if (!has_ended) kill(-program, SIGTERM);
    }
    if (watched[1].revents != 0) {
      struct signalfd_siginfo signal;
      ssize_t length = read(children, &signal, sizeof signal);
      (void)length;
    }
    int status;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended != program) continue;
      has_ended = true;
      tell(report, csandbox_ended, status, 0);
    }
  }
  if (!has_ended) kill(-program, SIGKILL);
  end_children(order->isolates);
  for (const char *const *path = order->deleted; *path != NULL; path++) unlink(*path);
  rmdir(order->folder);
  _exit(0);
}

static void run_keeper(const struct csandbox_order *order) {
  // Not to be read by the program, although the keeper is a copy of the host.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  setsid();
  int report = order->report, lifeline = order->lifeline;
  // Its own mark of a user namespace must be readable while the map is written.
  if (order->maps_user) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    bool is_mapped = map_user(order->user, order->group);
    int error = errno;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    errno = error;
    if (!is_mapped) fail(report, csandbox_user_map);
  }
  if (order->isolates && !arrange_mounts(order)) fail(report, csandbox_mounts);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  int channel[2];
  if (children < 0 || pipe2(channel, O_CLOEXEC) != 0) fail(report, csandbox_fork);
  pid_t program = clone_process(0);
  if (program < 0) fail(report, csandbox_fork);
  if (program == 0) run_program(order, channel[1]);
  close(channel[1]);
  struct csandbox_report failure;
  if (read(channel[0], &failure, sizeof failure) == sizeof failure) {
    tell(report, failure.kind, failure.detail, failure.error);
    _exit(127);
  }
  // What is kept open: the host must see the end of the program's output.
  int kept[3];
  kept[0] = report = fcntl(report, F_DUPFD_CLOEXEC, 0);
  kept[1] = lifeline = fcntl(lifeline, F_DUPFD_CLOEXEC, report);
  kept[2] = children = fcntl(children, F_DUPFD_CLOEXEC, lifeline);
  close_others(0, kept, 3);
  tell(report, csandbox_ready, 0, 0);
  keep(order, program, report, lifeline, children);
}

pid_t csandbox_start(const struct csandbox_order *order) {
  unsigned long flags = 0;
  if (order->isolates) flags |= CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC;
  if (order->maps_user) flags |= CLONE_NEWUSER;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t keeper = clone_process(flags);
  if (keeper == 0) run_keeper(order);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return keeper;
}

int csandbox_pipe(int *ends) { return pipe2(ends, O_CLOEXEC); }
