"""Compares stored values with expected ones: compare.py EXPECTED.sqlite STORED.sqlite [--zero-or-none-may-be-more]

Both have a table indicator_values whose last column is the value and the others the key. Relative tolerance 1e-9; ends
with 1 on any difference.
"""
import math
import sqlite3
import sys


def read(path):
    rows = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("SELECT * FROM indicator_values")
    return {tuple(map(str, key)): value for *key, value in rows}


def same(one, other):
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def main(expected, stored, *options):
    want, got = read(expected), read(stored)
    wrong = [key for key in want if key not in got or not same(want[key], got[key])]
    extra = [key for key in got if key not in want and not (options and not got[key])]
    print(f"{len(want)} expected, {len(got)} stored, {len(wrong)} missing or different, {len(extra)} not expected")
    for key in wrong[:5]:
        print(" ", key, "expected", want[key], "stored", got.get(key, "nothing"))
    sys.exit(1 if wrong or extra else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
