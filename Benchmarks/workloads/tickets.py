"""Reading tickets from files: W1 as JSON Lines, CSV and XLSX, and W1b, every record kept."""
import json
from pathlib import Path

import checks
import data
import plumbline
from workload import BY_HAND, DUCKDB, LIMIT, OURS, POLARS, WITH_EVIDENCE, Contender, Figure, Step, Workload

REFERENCE = data.HOME / "Reference"
PARTS = ["tickets", "file"]


def reference(script, *arguments):
    """The command of a Python reference, in the environment that has DuckDB and Polars."""
    return [data.VENV_PYTHON, "-B", REFERENCE / script, *arguments]


def workspace(name):
    return plumbline.workspace(name, PARTS, plumbline.ticket_people())


# MARK: The values

def storing_values(name, count, command):
    """A contender that stores the eight values in a database of its own; `command` gets its path."""
    out = data.WORK / "runs" / f"{Path(name.replace(' ', '-').lower())}.sqlite"

    def prepare():
        out.parent.mkdir(parents=True, exist_ok=True)
        remove_database(out)
        return command(out)

    return Contender(name, [Step("", prepare, lambda _: checks.golden(out, count))])


def remove_database(path):
    for suffix in ("", "-wal", "-shm", ".wal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def ours_from_file(name, connection, file, count):
    """Plumbline reads a file into a new workspace."""
    folder = data.WORK / "runs" / name

    def prepare():
        workspace(name)
        return plumbline.read_file(folder, connection, file)

    def check(output):
        check_counts(output, inserted=count)
        checks.golden(checks.exported(folder), count)

    return Contender(WITH_EVIDENCE, [Step("", prepare, check)])


def check_counts(output, inserted=0, updated=0, unchanged=0):
    counts = plumbline.counts(output)
    wanted = {"inserted": inserted, "updated": updated, "unchanged": unchanged, "rejected": 0}
    checks.equal("records", {name: counts[name] for name in wanted}, wanted)


def w1(count):
    file = data.tickets(count)
    return Workload(
        f"W1: {count:,} tickets, JSON Lines {size(file)}, to the eight values",
        [
            ours_from_file("w1", "tickets-jsonl", file, count),
            storing_values(DUCKDB, count, lambda out: reference("duckdb_tickets.py", "values", file, out)),
            storing_values(POLARS, count, lambda out: reference("polars_tickets.py", file, out)),
            storing_values(BY_HAND, count, lambda out: reference("by_hand.py", "values", out, file)),
        ],
        [
            Figure("CPU to DuckDB", "cpu", (WITH_EVIDENCE, ""), (DUCKDB, ""), must=1.0, aim=0.7),
            Figure("wall to DuckDB", "wall", (WITH_EVIDENCE, ""), (DUCKDB, ""), must=1.3, aim=1.0),
            Figure("peak memory, MiB", "memory", (WITH_EVIDENCE, ""), must=64, aim=40),
        ],
        ["plumbline stores every record too, as in W1b: it has no mode that computes values only"])


def w1csv(count):
    file = data.tickets(count, "csv")
    return Workload(
        f"W1 as CSV, {size(file)}",
        [
            ours_from_file("w1csv", "tickets-csv", file, count),
            storing_values(DUCKDB, count, lambda out: reference("duckdb_tickets.py", "values", file, out)),
            storing_values(POLARS, count, lambda out: reference("polars_tickets.py", file, out)),
            storing_values(BY_HAND, count, lambda out: reference("by_hand.py", "values", out, file)),
        ],
        [
            Figure("CPU to DuckDB", "cpu", (WITH_EVIDENCE, ""), (DUCKDB, ""), must=1.3, aim=1.0),
            Figure("peak memory, MiB", "memory", (WITH_EVIDENCE, ""), must=64, aim=40),
        ])


def w1x(count):
    count = min(count, 100_000)  # the workload's own size
    file = data.workbook(count)
    return Workload(
        f"W1x: {count:,} tickets, XLSX {size(file)}",
        [
            ours_from_file("w1x", "tickets-xlsx", file, count),
            storing_values(POLARS, count, lambda out: reference("polars_tickets.py", file, out)),
        ],
        [
            Figure("CPU to Polars", "cpu", (WITH_EVIDENCE, ""), (POLARS, ""), must=1.3, aim=0.8),
            Figure("peak memory, MiB", "memory", (WITH_EVIDENCE, ""), must=100),
        ])


# MARK: Every record kept

def w1b(count):
    return Workload(
        f"W1b: {count:,} tickets kept with all fields, the same file again, and one ticket in 50 changed",
        [
            ours_keeping_records(count),
            keeping_records(
                LIMIT, count, lambda file, out: [data.limit("upsert_tickets"), file, out], counts_changes=True),
            only_first(keeping_records(
                DUCKDB, count, lambda file, out: reference("duckdb_tickets.py", "upsert", file, out))),
            keeping_records(BY_HAND, count, lambda file, out: reference("by_hand.py", "upsert", file, out)),
        ],
        [
            Figure("first: CPU to the limit", "cpu", (OURS, "first"), (LIMIT, "first"), must=1.6, aim=1.25),
            Figure("first: peak memory, MiB", "memory", (OURS, "first"), must=128, aim=64),
            Figure("again: CPU to own first", "cpu", (OURS, "again"), (OURS, "first"), must=0.6, aim=0.35),
            Figure("the limit's again to its first", "cpu", (LIMIT, "again"), (LIMIT, "first")),
            Figure("delta: CPU to the limit", "cpu", (OURS, "delta"), (LIMIT, "delta")),
        ],
        ["the others keep the records and compute no values; plumbline computes the eight values too",
         "DuckDB is not asked again: replacing every row took it 14 times as long as its first"])


def ours_keeping_records(count):
    folder, delta = data.WORK / "runs" / "w1b", data.tickets(count, delta=True)
    changed = lines(delta)

    def first():
        workspace("w1b")
        return plumbline.read_file(folder, "tickets-jsonl", data.tickets(count))

    def check_first(output):
        check_counts(output, inserted=count)
        checks.equal("stored", checks.evidence(folder, "bench_ticket"), (count, count))
        checks.golden(checks.exported(folder), count)

    def again():
        # A file that it knows it does not even open, so it gets the same records as another file.
        return plumbline.read_file(folder, "tickets-jsonl", data.tickets_in_other_order(count))

    def check_again(output):
        check_counts(output, unchanged=count)
        checks.equal("values changed", plumbline.counts(output)["values changed"], 0)
        checks.equal("stored, written by the run", checks.evidence(folder, "bench_ticket"), (count, 0))

    def check_delta(output):
        check_counts(output, updated=changed)
        checks.equal("stored, written by the run", checks.evidence(folder, "bench_ticket"), (count, changed))
        checks.same_values(values_after_delta(count), checks.exported(folder))

    return Contender(OURS, [
        Step("first", first, check_first), Step("again", again, check_again),
        Step("delta", lambda: plumbline.read_file(folder, "tickets-jsonl", delta), check_delta)])


def keeping_records(name, count, command, counts_changes=False):
    """A contender that upserts into a database of its own; it prints its rows, or what it changed."""
    out = data.WORK / "runs" / f"w1b-{name.split()[0].lower()}.db"
    delta = data.tickets(count, delta=True)
    changed = lines(delta)

    def step(kind, file, inserted=0, updated=0):
        def prepare():
            if kind == "first":
                remove_database(out)
            return command(file, out)

        def check(output):
            if counts_changes:
                checks.equal(name, json.loads(output), {"read": lines(file), "inserted": inserted, "updated": updated})
            else:
                checks.equal(name, int(output), count)

        return Step(kind, prepare, check)

    return Contender(name, [
        step("first", data.tickets(count), inserted=count), step("again", data.tickets(count)),
        step("delta", delta, updated=changed)])


def only_first(contender):
    return Contender(contender.name, contender.steps[:1])


def values_after_delta(count):
    """The eight values once the changed tickets have come in, as Python by hand computes them."""
    return data.once(data.DATA / f"values-{count}-after-delta.sqlite", lambda out: checks.require(
        [REFERENCE / "by_hand.py", "values", out, data.tickets(count), data.tickets(count, delta=True)]))


def lines(file):
    with open(file, "rb") as opened:
        return sum(block.count(b"\n") for block in iter(lambda: opened.read(1 << 20), b""))


def size(file):
    return f"{file.stat().st_size / 1e6:.0f} MB"
