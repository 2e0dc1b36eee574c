#define _GNU_SOURCE
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

bool csandbox_write_file(const char *path, const char *text, size_t length) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool is_written = write(file, text, length) == (ssize_t)length;
  int error = errno;
  close(file);
  errno = error;
  return is_written;
}

static size_t append_number(char *text, size_t place, uint64_t number) {
  char digits[20];
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
  return csandbox_write_file(path, text, length + 3);
}

bool csandbox_map_user(uid_t user, gid_t group) {
  return csandbox_write_file("/proc/self/setgroups", "deny", 4) && write_map("/proc/self/uid_map", user)
    && write_map("/proc/self/gid_map", group);
}

// Hides what stands under a path, also behind a link.
static bool hide(const char *path) {
  struct stat facts;
  if (stat(path, &facts) != 0) return errno == ENOENT;
  if (S_ISDIR(facts.st_mode)) {
    return mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=4k,mode=0555") == 0;
  }
  return mount("/dev/null", path, NULL, MS_BIND, NULL) == 0;
}

bool csandbox_own_mounts(void) {
  return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
    && mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}

// Puts an empty folder in the place of the one that holds every program's folder, and the program's own back into it.
static bool hide_other_programs(const struct csandbox_order *order) {
  int own = open(order->folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (own < 0) return false;
  char path[48] = "/proc/self/fd/";
  path[append_number(path, strlen(path), (unsigned)own)] = 0;
  bool is_done =
    mount("none", order->folders, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0711") == 0
    && mkdir(order->folder, 0700) == 0 && mount(path, order->folder, NULL, MS_BIND, NULL) == 0;
  int error = errno;
  close(own);
  errno = error;
  return is_done;
}

// Shared memory as files: the program's own, and with an end.
static bool limit_shared_memory(uint64_t memory) {
  struct stat facts;
  if (memory == 0 || stat("/dev/shm", &facts) != 0 || !S_ISDIR(facts.st_mode)) return true;
  char options[64] = "mode=1777,size=";
  options[append_number(options, strlen(options), memory)] = 0;
  return mount("none", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
}

bool csandbox_hide_the_rest(const struct csandbox_order *order) {
  for (const char *const *path = order->hidden; *path != NULL; path++) {
    if (!hide(*path)) return false;
  }
  return hide_other_programs(order) && limit_shared_memory(order->memory);
}
