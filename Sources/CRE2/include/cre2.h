#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern of RE2.
typedef struct cre2_pattern cre2_pattern;

/// Compiles a pattern that may take `max_memory` bytes; free the result with `cre2_free`.
/// An invalid pattern gives an object too: `cre2_error` tells what is wrong. Null only when memory has run out.
cre2_pattern *_Nullable cre2_compile(const uint8_t *_Nullable pattern, size_t length, int64_t max_memory);

/// What is wrong with the pattern; null when it is valid. The text lives as long as the pattern.
const char *_Nullable cre2_error(const cre2_pattern *_Nonnull pattern);

/// How many instructions the compiled pattern has; -1 when it is invalid.
int cre2_size(const cre2_pattern *_Nonnull pattern);

/// Whether any part of the text matches, in time linear in its length. Safe from several threads at once.
bool cre2_find(const cre2_pattern *_Nonnull pattern, const uint8_t *_Nullable text, size_t length);

void cre2_free(cre2_pattern *_Nullable pattern);

#ifdef __cplusplus
}
#endif

#endif
