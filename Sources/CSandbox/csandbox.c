#define _GNU_SOURCE
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
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

// Where memory runs out, the system is to take the program, not the host. What cannot be had is no reason to stop.
static void offer_to_the_killer(void) {
  // The keeper's mark of not being readable came with the copy.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  csandbox_write_file("/proc/self/oom_score_adj", "600", 3);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// Whether the program's parent is still its keeper, at whose end it ends from now on.
static bool depends_on(pid_t keeper) {
  return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == keeper;
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

// Where the system has no call for all at once, or refuses it, one by one: no more may be open unless the system was told
// otherwise.
static void close_span(unsigned first, unsigned last) {
  if (syscall(SYS_close_range, first, last, 0u) == 0) return;
  for (unsigned descriptor = first; descriptor <= last && descriptor < 1u << 20; descriptor++) close((int)descriptor);
}

// Closes all from `first` on but `kept`, which are ascending.
static void close_others(unsigned first, const int *kept, int count) {
  for (int place = 0; place < count; place++) {
    unsigned next = (unsigned)kept[place];
    if (next > first) close_span(first, next - 1);
    first = next + 1;
  }
  close_span(first, ~0u);
}

// Descriptors from 3 on: so that none is overwritten by the program's own three.
static int raised(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 10); }

static void fail(int channel, int stage) {
  tell(channel, csandbox_failed, stage, errno);
  _exit(127);
}

static void run_program(const struct csandbox_order *order, int channel, pid_t keeper) {
  int output = raised(order->output), errors = raised(order->errors), input = open("/dev/null", O_RDONLY);
  channel = raised(channel);
  setsid();
  offer_to_the_killer();
  if (!set_limits(order)) fail(channel, csandbox_limits);
  if (!change_user(order)) fail(channel, csandbox_user);
  if (!depends_on(keeper)) fail(channel, csandbox_fork);
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

// What the keeper holds, ascending.
enum { report_end, lifeline_end, children_end, folders_end, folder_end, kept_count };

static void keep(const struct csandbox_order *order, pid_t program, const int *kept) {
  int report = kept[report_end], lifeline = kept[lifeline_end], children = kept[children_end];
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
  csandbox_remove(kept[folders_end], order->name);
  _exit(0);
}

static void run_keeper(const struct csandbox_order *order) {
  // Whoever ignores the end of children is not told of it.
  struct sigaction usual;
  memset(&usual, 0, sizeof usual);
  usual.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &usual, NULL);
  // Not to be read by the program, although the keeper is a copy of the host.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  setsid();
  int report = order->report, lifeline = order->lifeline;
  // Its own mark of a user namespace must be readable while the map is written.
  if (order->maps_user) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    bool is_mapped = csandbox_map_user(order->user, order->group);
    int error = errno;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    errno = error;
    if (!is_mapped) fail(report, csandbox_user_map);
  }
  if (order->isolates && !csandbox_own_mounts()) fail(report, csandbox_mounts);
  if (order->isolates && !csandbox_hide_the_rest(order)) fail(report, csandbox_hiding);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  int children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  int channel[2];
  if (children < 0 || pipe2(channel, O_CLOEXEC) != 0) fail(report, csandbox_fork);
  pid_t keeper = getpid();
  pid_t program = clone_process(0);
  if (program < 0) fail(report, csandbox_fork);
  if (program == 0) run_program(order, channel[1], keeper);
  close(channel[1]);
  struct csandbox_report failure;
  if (read(channel[0], &failure, sizeof failure) == sizeof failure) {
    tell(report, failure.kind, failure.detail, failure.error);
    _exit(127);
  }
  // What is kept open: the host must see the end of the program's output.
  int held[kept_count] = {report, lifeline, children, order->folders_descriptor, order->folder_descriptor};
  int kept[kept_count];
  for (int place = 0; place < kept_count; place++) {
    kept[place] = fcntl(held[place], F_DUPFD_CLOEXEC, place == 0 ? 0 : kept[place - 1]);
  }
  close_others(0, kept, kept_count);
  tell(kept[report_end], csandbox_ready, order->isolates ? 0 : program, 0);
  keep(order, program, kept);
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
