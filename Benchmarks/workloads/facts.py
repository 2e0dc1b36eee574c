"""W4: the values of one quarter anew from stored facts."""
import sqlite3
import subprocess

import checks
import data
import plumbline
from measure import Failed
from tickets import reference, remove_database
from workload import BY_HAND, DUCKDB, LIMIT, OURS, Contender, Figure, Step, Workload

WHOLE = 10_000_000
WHOLE_VALUES, WHOLE_SUM = 100_000, 272913431.0674


def w4(count):
    count *= 10  # ten facts for each ticket of the other workloads: 10 million at their full size
    stored = stored_facts(count)
    return Workload(
        f"W4: {count:,} stored facts, the values of one quarter",
        [
            ours(count),
            computing(LIMIT, stored, lambda out: [data.limit("recompute_facts"), "run", stored]),
            computing(DUCKDB, stored, lambda out: reference("facts.py", "duckdb", facts_in_duckdb(count), out)),
            computing(BY_HAND, stored, lambda out: reference("facts.py", "by-hand", stored, out)),
        ],
        [
            Figure("CPU to the limit", "cpu", (OURS, ""), (LIMIT, ""), must=1.2, aim=0.8),
            Figure("peak memory, MiB", "memory", (OURS, "")),
        ],
        ["plumbline's 'rebuild' finds the values unchanged and compares them; the others write them anew"])


def stored_facts(count):
    """The facts in SQLite, with the values that the limit computes; checked where the answer is known."""
    def make(out):
        for arguments in (["load", data.facts(count), out], ["run", out]):
            subprocess.run([data.limit("recompute_facts"), *arguments], check=True)
        check_sum(out, count)
    return data.once(data.DATA / f"facts-{count}.sqlite", make)


def check_sum(store, count):
    rows, total = sqlite3.connect(store).execute("SELECT count(*), sum(value) FROM indicator_values").fetchone()
    if count == WHOLE and (rows != WHOLE_VALUES or abs(total - WHOLE_SUM) > 1e-3):
        raise Failed(f"the limit gives {rows} values with the sum {total}")


def facts_in_duckdb(count):
    return data.once(data.DATA / f"facts-{count}.duckdb", lambda out: subprocess.run(
        list(map(str, reference("facts.py", "load", data.facts(count), out))), check=True))


def computing(name, expected, command):
    """A contender that stores its values; the limit does so beside the facts."""
    out = expected if name == LIMIT else data.WORK / "runs" / f"w4-{name.split()[0].lower()}.sqlite"

    def prepare():
        if out != expected:
            remove_database(out)
        return command(out)

    return Contender(name, [Step("", prepare, lambda _: checks.same_values(expected, out))])


def ours(count):
    folder = plumbline.workspace("w4", ["facts"], plumbline.fact_people())
    load = plumbline.read_file(folder, "facts", data.facts_with_ids(count))
    subprocess.run(load, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def check(_):
        # Who has facts of one metric in the quarter has a zero or nothing for the others.
        checks.same_values(stored_facts(count), checks.exported(folder, "facts"), "--zero-or-none-may-be-more")

    return Contender(OURS, [Step("", lambda: plumbline.recompute(folder), check)])
