#ifndef CSANDBOX_PARTS_H
#define CSANDBOX_PARTS_H

#include "csandbox.h"

// What the keeper does by parts of its own. Between fork and exec: nothing but system calls.

// Writes a file that is there; false with `errno` set where it cannot be.
bool csandbox_write_file(const char *path, const char *text, size_t length);

// Gives the caller its own number in the user namespace that it is in.
bool csandbox_map_user(uid_t user, gid_t group);

// Makes mounts and the list of processes its own. Where that fails, there are no namespaces to be had.
bool csandbox_own_mounts(void);

// Hides what is not the program's own.
bool csandbox_hide_the_rest(const struct csandbox_order *order);

#endif
