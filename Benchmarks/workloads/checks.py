"""Checks of results. Each runs apart, so that this script stays small (see measure.run)."""
import sqlite3
import subprocess
import sys

import data
from measure import Failed

HERE = data.HOME / "workloads"


def require(command):
    """Runs a check."""
    result = subprocess.run([sys.executable, "-B", *map(str, command)], capture_output=True, text=True)
    if result.returncode:
        raise Failed(f"wrong result: {result.stdout}{result.stderr}")


def equal(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what}: {got}, expected {wanted}")


def golden(store, count):
    """The eight values of the tickets in a table indicator_values."""
    expected = data.golden(count)
    if expected:
        require([data.SHARED / "check_w1.py", expected, store])


def exported(workspace, kind="tickets"):
    """The values of a workspace as such a table."""
    out = workspace / "exported.sqlite"
    require([HERE / "export_values.py", kind, workspace, out])
    return out


def same_values(expected, stored, *options):
    require([HERE / "compare.py", expected, stored, *options])


def evidence(workspace, record_type):
    """How many records a workspace stores, and how many of them the last run wrote."""
    store = sqlite3.connect(f"file:{workspace}/plumbline.sqlite?mode=ro", uri=True)
    return store.execute(
        "SELECT count(*), count(*) FILTER (WHERE _run_id = (SELECT max(id) FROM runs)) "
        f"FROM evidence_{record_type}").fetchone()
