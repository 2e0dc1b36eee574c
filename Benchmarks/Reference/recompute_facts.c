// The limit of W4 over stock SQLite: recompute_facts load FACTS.csv DATABASE   stores the facts, once;
//                                    recompute_facts run DATABASE              reads one quarter, stores its values.
// Values go into indicator_values (employee, metric, value) in one transaction, write-ahead log and synchronous=FULL.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EMPLOYEES = 5000, METRICS = 20, GROUPS = EMPLOYEES * METRICS };
static const char *const QUARTER =
    "SELECT employee, metric, value FROM facts WHERE at >= 1782864000 AND at < 1790812800";

static void fail(const char *what) { fprintf(stderr, "recompute_facts: %s\n", what); exit(1); }

static void check(sqlite3 *db, int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) fail(sqlite3_errmsg(db));
}

static void run(sqlite3 *db, const char *sql) { check(db, sqlite3_exec(db, sql, 0, 0, 0)); }

static sqlite3 *open_database(const char *path) {
    sqlite3 *db;
    if (sqlite3_open(path, &db)) fail("cannot open the database");
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v2(db, sql, -1, &statement, 0));
    return statement;
}

static void load(const char *path, sqlite3 *db) {
    FILE *file = fopen(path, "r");
    if (!file) fail("cannot read the facts");
    run(db, "CREATE TABLE facts (employee INTEGER, metric INTEGER, at INTEGER, value REAL); BEGIN");
    sqlite3_stmt *insert = prepare(db, "INSERT INTO facts VALUES (?, ?, ?, ?)");
    long employee, metric, at; double value;
    while (fscanf(file, "%ld,%ld,%ld,%lf", &employee, &metric, &at, &value) == 4) {
        sqlite3_bind_int64(insert, 1, employee); sqlite3_bind_int64(insert, 2, metric);
        sqlite3_bind_int64(insert, 3, at); sqlite3_bind_double(insert, 4, value);
        check(db, sqlite3_step(insert));
        sqlite3_reset(insert);
    }
    run(db, "COMMIT");
    sqlite3_finalize(insert);
    fclose(file);
}

// The facts of the quarter, in the order in which they are stored.
typedef struct { int *group; double *value; size_t count, room; } Facts;

static void add(Facts *facts, int group, double value) {
    if (facts->count == facts->room) {
        facts->room = facts->room ? facts->room * 2 : 1 << 20;
        facts->group = realloc(facts->group, facts->room * sizeof *facts->group);
        facts->value = realloc(facts->value, facts->room * sizeof *facts->value);
        if (!facts->group || !facts->value) fail("out of memory");
    }
    facts->group[facts->count] = group;
    facts->value[facts->count++] = value;
}

static Facts read_quarter(sqlite3 *db) {
    Facts facts = { 0 };
    sqlite3_stmt *select = prepare(db, QUARTER);
    while (sqlite3_step(select) == SQLITE_ROW)
        add(&facts, sqlite3_column_int(select, 0) * METRICS + sqlite3_column_int(select, 1),
            sqlite3_column_double(select, 2));
    sqlite3_finalize(select);
    return facts;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double result(int metric, double *values, size_t count) {
    double sum = 0; size_t reached = 0;
    for (size_t i = 0; i < count; i++) { sum += values[i]; reached += values[i] >= 500; }
    switch (metric % 5) {
    case 0: return (double)count;
    case 1: return sum;
    case 2: return sum / (double)count;
    case 3: return median(values, count);
    default: return (double)reached / (double)count;
    }
}

// Puts the values of each group beside each other: starts[g] is where those of group g begin.
static double *by_group(const Facts *facts, size_t starts[GROUPS + 1]) {
    double *sorted = malloc((facts->count + 1) * sizeof *sorted);
    size_t *next = malloc(GROUPS * sizeof *next);
    if (!sorted || !next) fail("out of memory");
    memset(starts, 0, (GROUPS + 1) * sizeof *starts);
    for (size_t i = 0; i < facts->count; i++) starts[facts->group[i] + 1]++;
    for (int group = 0; group < GROUPS; group++) starts[group + 1] += starts[group];
    memcpy(next, starts, GROUPS * sizeof *next);
    for (size_t i = 0; i < facts->count; i++) sorted[next[facts->group[i]]++] = facts->value[i];
    free(next);
    return sorted;
}

static void store(sqlite3 *db, double *values, const size_t starts[GROUPS + 1]) {
    run(db, "DROP TABLE IF EXISTS indicator_values; BEGIN;"
            "CREATE TABLE indicator_values (employee INTEGER, metric INTEGER, value REAL, "
            "PRIMARY KEY (employee, metric)) WITHOUT ROWID");
    sqlite3_stmt *insert = prepare(db, "INSERT INTO indicator_values VALUES (?, ?, ?)");
    for (int group = 0; group < GROUPS; group++) {
        size_t count = starts[group + 1] - starts[group];
        if (!count) continue;
        sqlite3_bind_int(insert, 1, group / METRICS);
        sqlite3_bind_int(insert, 2, group % METRICS);
        sqlite3_bind_double(insert, 3, result(group % METRICS, values + starts[group], count));
        check(db, sqlite3_step(insert));
        sqlite3_reset(insert);
    }
    run(db, "COMMIT");
    sqlite3_finalize(insert);
}

static void recompute(sqlite3 *db) {
    static size_t starts[GROUPS + 1];
    Facts facts = read_quarter(db);
    double *values = by_group(&facts, starts);
    store(db, values, starts);
    free(values); free(facts.group); free(facts.value);
}

int main(int argc, char **argv) {
    if (argc < 3) fail("usage: recompute_facts load FACTS.csv DATABASE | run DATABASE");
    int is_load = !strcmp(argv[1], "load");
    sqlite3 *db = open_database(argv[is_load ? 3 : 2]);
    if (is_load) load(argv[2], db); else recompute(db);
    return sqlite3_close(db) != SQLITE_OK;
}
