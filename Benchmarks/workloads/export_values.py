"""Writes a workspace's values into a table that checks can read: export_values.py tickets|facts WORKSPACE OUT.sqlite

tickets: indicator_values (employee, period, indicator, value), as check_w1.py wants it, the employee as e-mail address;
facts: indicator_values (employee, metric, value), as the limit of W4 stores it.
A value is the exact one as a number, null where there is none.
"""
import sqlite3
import sys
from fractions import Fraction
from pathlib import Path

QUERIES = {
    "tickets": """
        SELECT json_extract(people.emails, '$[0]'), period_id, indicator_id, numerator, denominator
        FROM indicator_values JOIN people ON employee_id = subject_id
        WHERE is_current = 1 AND subject_kind = 'employee'
        """,
    "facts": """
        SELECT CAST(substr(subject_id, 2) AS INTEGER), CAST(substr(indicator_id, 8) AS INTEGER), numerator, denominator
        FROM indicator_values
        WHERE is_current = 1 AND subject_kind = 'employee' AND period_id = '2026-Q3'
        """,
}
COLUMNS = {"tickets": "employee, period, indicator, value", "facts": "employee, metric, value"}


def number(numerator, denominator):
    """The exact value as the nearest double."""
    return None if numerator is None else float(Fraction(int(numerator), int(denominator)))


def export(kind, workspace, out):
    Path(out).unlink(missing_ok=True)
    store = sqlite3.connect(f"file:{workspace}/plumbline.sqlite?mode=ro", uri=True)
    target = sqlite3.connect(out)
    target.execute(f"CREATE TABLE indicator_values ({COLUMNS[kind]})")
    rows = ((*key, number(n, d)) for *key, n, d in store.execute(QUERIES[kind]))
    with target:
        target.executemany(f"INSERT INTO indicator_values VALUES ({COLUMNS[kind].count(',') * '?, '}?)", rows)


if __name__ == "__main__":
    export(*sys.argv[1:])
