"""W4 beside us:
         facts.py load FACTS.csv DATABASE      stores the facts in DuckDB's own file
         facts.py duckdb DATABASE OUT.sqlite   its values of the quarter, stored durably
         facts.py by-hand DATABASE OUT.sqlite  Python's, from the SQLite database of recompute_facts
"""
import sqlite3
import sys
from statistics import median

from values import durable

SQL = """
    SELECT employee, metric, CASE metric % 5
        WHEN 0 THEN count(*) WHEN 1 THEN sum(value) WHEN 2 THEN avg(value) WHEN 3 THEN median(value)
        ELSE count(*) FILTER (WHERE value >= 500) / count(*) END
    FROM facts WHERE "at" >= 1782864000 AND "at" < 1790812800 GROUP BY employee, metric
"""
AGGREGATES = [
    len, sum, lambda values: sum(values) / len(values), median,
    lambda values: sum(value >= 500 for value in values) / len(values),
]


def store(path, rows):
    database = durable(path)
    database.execute("DROP TABLE IF EXISTS indicator_values")
    database.execute(
        "CREATE TABLE indicator_values (employee, metric, value, PRIMARY KEY (employee, metric)) WITHOUT ROWID")
    database.execute("BEGIN")
    database.executemany("INSERT INTO indicator_values VALUES (?, ?, ?)", rows)
    database.execute("COMMIT")


def load(facts, database):
    import duckdb
    with duckdb.connect(database) as connection:
        connection.execute(
            "CREATE TABLE facts AS FROM read_csv(?, header = false, columns = {employee: 'INTEGER', metric: 'INTEGER', "
            "\"at\": 'BIGINT', value: 'DOUBLE'})", [facts])


def with_duckdb(database, out):
    import duckdb
    with duckdb.connect(database, read_only=True) as connection:
        store(out, connection.execute(SQL).fetchall())


def by_hand(database, out):
    groups = {}
    source = sqlite3.connect(database)
    for employee, metric, value in source.execute(
            "SELECT employee, metric, value FROM facts WHERE at >= 1782864000 AND at < 1790812800"):
        groups.setdefault((employee, metric), []).append(value)
    store(out, ((*key, AGGREGATES[key[1] % 5](values)) for key, values in groups.items()))


if __name__ == "__main__":
    {"load": load, "duckdb": with_duckdb, "by-hand": by_hand}[sys.argv[1]](*sys.argv[2:])
