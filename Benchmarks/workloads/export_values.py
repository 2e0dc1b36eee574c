"""Writes a workspace's values in the form that check_w1.py wants: export_values.py WORKSPACE OUT.sqlite

Table indicator_values (employee, period, indicator, value): the employee's e-mail address, the exact value as a number,
null where there is none.
"""
import sqlite3
import sys
from fractions import Fraction
from pathlib import Path

CURRENT = """
    SELECT json_extract(people.emails, '$[0]'), period_id, indicator_id, numerator, denominator
    FROM indicator_values JOIN people ON employee_id = subject_id
    WHERE is_current = 1 AND subject_kind = 'employee'
"""


def number(numerator, denominator):
    """The exact value as the nearest double."""
    return None if numerator is None else float(Fraction(int(numerator), int(denominator)))


def export(workspace, out):
    Path(out).unlink(missing_ok=True)
    store = sqlite3.connect(f"file:{workspace}/plumbline.sqlite?mode=ro", uri=True)
    target = sqlite3.connect(out)
    target.execute("CREATE TABLE indicator_values (employee TEXT, period TEXT, indicator TEXT, value REAL)")
    rows = ((e, p, i, number(n, d)) for e, p, i, n, d in store.execute(CURRENT))
    with target:
        target.executemany("INSERT INTO indicator_values VALUES (?, ?, ?, ?)", rows)


if __name__ == "__main__":
    export(*sys.argv[1:])
