"""What the references share: the eight values, and how they are stored durably."""
import sqlite3

INDICATORS = [
    "tickets_created", "tickets_resolved", "resolution_rate_72h", "first_response_mean_min",
    "first_response_median_min", "handling_mean_h", "csat_share", "reopen_rate",
]


def durable(path):
    """A database with write-ahead log that is on disk when a commit returns."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def store(path, rows):
    """Stores rows of (employee, month, eight values)."""
    database = durable(path)
    database.execute(
        "CREATE TABLE indicator_values (employee TEXT, period TEXT, indicator TEXT, value REAL, "
        "PRIMARY KEY (employee, period, indicator)) WITHOUT ROWID")
    database.execute("BEGIN")
    for employee, month, *values in rows:
        database.executemany("INSERT INTO indicator_values VALUES (?, ?, ?, ?)",
                             ((employee, month, name, value) for name, value in zip(INDICATORS, values)))
    database.execute("COMMIT")
    database.close()
