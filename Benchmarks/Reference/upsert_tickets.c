// The limit of W1b: reads tickets as JSON Lines and upserts all 16 fields into stock SQLite, in large transactions,
// with write-ahead log and synchronous=FULL: upsert_tickets FILE.jsonl DATABASE
// Prints how many rows were new and how many changed. Nothing of it is kept in memory but one line.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 16, ROWS_PER_TRANSACTION = 50000 };
static const char *const NAMES[FIELDS] = {
    "id", "subject", "requester", "assignee", "group", "status", "priority", "channel", "created_at", "updated_at",
    "first_response_at", "resolved_at", "reopened", "satisfaction", "tags", "custom_fields",
};

typedef struct { const char *start; size_t size; } Slice;

static void fail(const char *what) { fprintf(stderr, "upsert_tickets: %s\n", what); exit(1); }

static void check(sqlite3 *db, int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) fail(sqlite3_errmsg(db));
}

static void run(sqlite3 *db, const char *sql) { check(db, sqlite3_exec(db, sql, 0, 0, 0)); }

// The end of the string whose content starts at p.
static const char *string_end(const char *p) {
    while (*p != '"') {
        if (!*p) fail("a string is not closed");
        p += *p == '\\' ? 2 : 1;
    }
    return p;
}

// The end of any JSON value that starts at p.
static const char *value_end(const char *p) {
    int depth = 0;
    for (;; p++) {
        if (*p == '"') { p = string_end(p + 1); if (!depth) return p + 1; }
        else if (*p == '{' || *p == '[') depth++;
        else if (*p == '}' || *p == ']') { if (!depth) return p; if (!--depth) return p + 1; }
        else if (*p == ',' && !depth) return p;
        else if (!*p) fail("a record is not closed");
    }
}

static int field_index(const char *name, size_t size, int expected) {
    for (int i = 0; i < FIELDS; i++) {
        int index = (expected + i) % FIELDS;   // fields usually come in order
        if (strlen(NAMES[index]) == size && !memcmp(NAMES[index], name, size)) return index;
    }
    return -1;
}

// Finds the fields of a record in any order.
static void split(const char *p, Slice fields[FIELDS]) {
    memset(fields, 0, FIELDS * sizeof *fields);
    if (*p++ != '{') fail("a line is no object");
    for (int expected = 0; *p == '"'; expected++) {
        const char *name = p + 1, *end = string_end(name), *value = end + 2;
        int index = field_index(name, (size_t)(end - name), expected);
        p = value_end(value);
        if (index >= 0) fields[index] = (Slice){ value, (size_t)(p - value) };
        if (*p == ',') p++;
    }
}

// Takes the escapes out of a string, in place. Our texts need no \u.
static size_t unescape(char *text, size_t size) {
    char *out = memchr(text, '\\', size);
    if (!out) return size;
    for (char *in = out; in < text + size; in++) {
        if (*in == '\\') { in++; *out++ = *in == 'n' ? '\n' : *in == 't' ? '\t' : *in == 'r' ? '\r' : *in; }
        else *out++ = *in;
    }
    return (size_t)(out - text);
}

static int bind_text(sqlite3_stmt *statement, int place, const char *text, size_t size) {
    return sqlite3_bind_text(statement, place, text, (int)size, SQLITE_STATIC);
}

static int bind(sqlite3_stmt *statement, int place, Slice value) {
    char *text = (char *)value.start;
    if (!value.size || *text == 'n') return sqlite3_bind_null(statement, place);
    if (*text == '"') return bind_text(statement, place, text + 1, unescape(text + 1, value.size - 2));
    if (*text == '[' || *text == '{') return bind_text(statement, place, text, value.size);
    return sqlite3_bind_int64(statement, place, strtoll(text, 0, 10));
}

// Appends a piece for each field from `first` on; every %s of the form is the field's name.
static void append(char *sql, const char *form, int first, const char *separator) {
    for (int i = first; i < FIELDS; i++) {
        if (i > first) strcat(sql, separator);
        sprintf(sql + strlen(sql), form, NAMES[i], NAMES[i]);
    }
}

// INSERT ... ON CONFLICT DO UPDATE, which leaves a row alone that is the same already.
static sqlite3_stmt *prepare(sqlite3 *db) {
    char sql[8192] = "CREATE TABLE IF NOT EXISTS tickets (source TEXT NOT NULL, ";
    append(sql, "\"%s\"", 0, ", ");
    strcat(sql, ", PRIMARY KEY (source, id)) WITHOUT ROWID");
    run(db, sql);
    strcpy(sql, "INSERT INTO tickets VALUES ('bench', ");
    append(sql, "?", 0, ", ");
    strcat(sql, ") ON CONFLICT (source, id) DO UPDATE SET ");
    append(sql, "\"%s\" = excluded.\"%s\"", 1, ", ");
    strcat(sql, " WHERE ");
    append(sql, "tickets.\"%s\" IS NOT excluded.\"%s\"", 1, " OR ");
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0));
    return statement;
}

static long long count(sqlite3 *db) {
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v2(db, "SELECT count(*) FROM tickets", -1, &statement, 0));
    check(db, sqlite3_step(statement));
    long long rows = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return rows;
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: upsert_tickets FILE.jsonl DATABASE");
    FILE *file = fopen(argv[1], "r");
    if (!file) fail("cannot read the file");
    sqlite3 *db;
    if (sqlite3_open(argv[2], &db)) fail("cannot open the database");
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    sqlite3_stmt *upsert = prepare(db);
    long long before = count(db);
    char *line = 0; size_t room = 0; long long rows = 0;
    Slice fields[FIELDS];
    run(db, "BEGIN IMMEDIATE");
    while (getline(&line, &room, file) > 0) {
        split(line, fields);
        for (int i = 0; i < FIELDS; i++) check(db, bind(upsert, i + 1, fields[i]));
        check(db, sqlite3_step(upsert));
        check(db, sqlite3_reset(upsert));
        if (++rows % ROWS_PER_TRANSACTION == 0) run(db, "COMMIT; BEGIN IMMEDIATE");
    }
    run(db, "COMMIT");
    long long touched = sqlite3_total_changes64(db), inserted = count(db) - before;
    sqlite3_finalize(upsert);
    if (sqlite3_close(db)) fail("cannot close the database");
    printf("{\"read\": %lld, \"inserted\": %lld, \"updated\": %lld}\n", rows, inserted, touched - inserted);
    free(line); fclose(file);
    return 0;
}
