#include "cre2.h"

#include <new>
#include <re2/re2.h>

struct cre2_pattern {
    re2::RE2 expression;
};

static re2::StringPiece piece(const uint8_t *bytes, size_t length) {
    return re2::StringPiece(reinterpret_cast<const char *>(bytes), length);
}

cre2_pattern *cre2_compile(const uint8_t *pattern, size_t length, int64_t max_memory) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_memory);
    return new (std::nothrow) cre2_pattern{re2::RE2(piece(pattern, length), options)};
}

const char *cre2_error(const cre2_pattern *pattern) {
    return pattern->expression.ok() ? nullptr : pattern->expression.error().c_str();
}

int cre2_size(const cre2_pattern *pattern) {
    return pattern->expression.ProgramSize();
}

bool cre2_find(const cre2_pattern *pattern, const uint8_t *text, size_t length) {
    return re2::RE2::PartialMatch(piece(text, length), pattern->expression);
}

void cre2_free(cre2_pattern *pattern) {
    delete pattern;
}
