#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// Starts programs under limits that can only be set between fork and exec, which Swift cannot write.
///
/// Two processes are made. The keeper stays: it sees the program's end, ends whatever the program left behind, and does
/// the same when the host is gone. In namespaces it is their first process, so that nothing in them outlives it.
/// After the fork nothing but system calls is made: other threads may have held any lock.

/// What is to be started, and under which limits.
struct csandbox_order {
  const char *_Nonnull program;
  const char *_Nullable const *_Nonnull arguments;
  const char *_Nullable const *_Nonnull environment;
  /// The folder in which every program has its own: the host's, so that no program can put anything in its place.
  const char *_Nonnull folders;
  /// The working folder, its name in `folders`, and both as descriptors; the keeper deletes it at its end.
  const char *_Nonnull folder;
  const char *_Nonnull name;
  int folders_descriptor, folder_descriptor;
  /// Standard output and error of the program.
  int output, errors;
  /// Read by the keeper: 'T' asks the program to end; the end of the pipe ends everything.
  int lifeline;
  /// Takes a `csandbox_report` for each thing that happens.
  int report;
  /// Whom the program runs as, where that is another one than the caller.
  bool changes_user;
  uid_t user;
  gid_t group;
  /// Whether it gets namespaces of its own for processes, mounts and IPC.
  bool isolates;
  /// Whether it also takes a user namespace, which the others need where the caller is not root.
  bool maps_user;
  /// Folders and files that it does not see, where it has namespaces; ends with null.
  const char *_Nullable const *_Nonnull hidden;
  /// Bytes of private memory of each process and, in namespaces, of files in /dev/shm; processes; bytes of a file.
  /// 0 sets no limit.
  uint64_t memory, processes, file_size;
};

enum { csandbox_ready = 1, csandbox_failed = 2, csandbox_ended = 3 };

enum {
  csandbox_user_map = 1,
  csandbox_mounts,
  csandbox_hiding,
  csandbox_fork,
  csandbox_limits,
  csandbox_user,
  csandbox_folder,
  csandbox_exec
};

/// What the keeper tells.
struct csandbox_report {
  /// `csandbox_ready`, `csandbox_failed` or `csandbox_ended`.
  int32_t kind;
  /// Of a failure the stage, of an end the status as `waitpid` gives it. Once the program runs, its number where it has
  /// no namespaces, else 0.
  int32_t detail;
  /// Of a failure its `errno`.
  int32_t error;
};

/// Starts a keeper and through it the program. Gives the keeper's number, or less than 0 with `errno` set.
pid_t csandbox_start(const struct csandbox_order *_Nonnull order);

/// Deletes a folder in the folder `parent` with all that is in it, following no link; whether it has gone.
bool csandbox_remove(int parent, const char *_Nonnull name);

/// Makes a pipe that no other program inherits; -1 with `errno` set where that fails.
int csandbox_pipe(int *_Nonnull ends);

#endif
