#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Deletes a folder whose contents may wish us ill. Everything is reached from descriptors, none through a link, and
// nothing but system calls is made: a keeper, a copy of a process with other threads, does this as well.

struct entry {
  uint64_t number;
  int64_t place;
  unsigned short length;
  unsigned char kind;
  char name[];
};

// Opens a folder; where it is our own user's, whatever its rights.
static int open_folder(int parent, const char *name) {
  int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int folder = openat(parent, name, flags);
  if (folder < 0 && errno == EACCES && geteuid() != 0) {
    fchmodat(parent, name, 0700, 0);
    folder = openat(parent, name, flags);
  }
  if (folder >= 0) fchmod(folder, 0700);
  return folder;
}

// Moves a folder to the top, under a name that is free there.
static bool move_up(int folder, const char *name, int top, unsigned *moved) {
  for (int attempt = 0; attempt < 1000; attempt++) {
    char fresh[16] = "moved-";
    unsigned number = (*moved)++;
    for (size_t place = 6; place < 14; place++, number >>= 4) fresh[place] = "0123456789abcdef"[number & 15];
    if (renameat(folder, name, top, fresh) == 0) return true;
    if (errno == EACCES && geteuid() != 0) fchmodat(folder, name, 0700, 0);
  }
  return false;
}

static bool empty(int folder, int top, unsigned *moved);

// Whether an entry has gone from `folder`. What is in a folder of the top goes or moves up, so that no depth matters.
static bool drop(int folder, const char *name, int top, unsigned *moved) {
  if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) return true;
  if (errno != EISDIR && errno != EPERM) return false;
  if (unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
  if (folder != top) return move_up(folder, name, top, moved);
  int below = open_folder(top, name);
  if (below < 0) return false;
  bool is_empty = empty(below, top, moved);
  close(below);
  return is_empty && unlinkat(top, name, AT_REMOVEDIR) == 0;
}

// Whether nothing is left in a folder. Whoever adds to it meanwhile does not keep us for ever.
static bool empty(int folder, int top, unsigned *moved) {
  for (int round = 0; round < 100000; round++) {
    _Alignas(struct entry) char list[4096];
    bool has_dropped = false, is_over = true;
    if (lseek(folder, 0, SEEK_SET) < 0) return false;
    long length;
    while ((length = syscall(SYS_getdents64, folder, list, sizeof list)) > 0) {
      for (long place = 0; place < length;) {
        const struct entry *entry = (const struct entry *)(list + place);
        place += entry->length;
        if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
        is_over = false;
        if (drop(folder, entry->name, top, moved)) has_dropped = true;
      }
    }
    if (length < 0) return false;
    if (is_over) return true;
    if (!has_dropped) return false;
  }
  return false;
}

bool csandbox_remove(int parent, const char *name) {
  if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
  if (errno == ENOTDIR) return unlinkat(parent, name, 0) == 0;
  int top = open_folder(parent, name);
  if (top < 0) return false;
  unsigned moved = 0;
  empty(top, top, &moved);
  close(top);
  return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}
