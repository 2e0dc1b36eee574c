#!/usr/bin/env python3
"""Measures the workloads of ../shared/bench beside other tools: run.py [--n N] [--rounds R] [WORKLOAD...]

Contenders take turns, every result is checked, figures are medians and ratios. Standard library only; the other tools
run in .venv.
"""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "workloads"))
sys.dont_write_bytecode = True

import data  # noqa: E402
import facts  # noqa: E402
import hooks  # noqa: E402
import pull  # noqa: E402
import report  # noqa: E402
import tickets  # noqa: E402
from measure import Failed  # noqa: E402

WORKLOADS = {
    "w1": tickets.w1, "w1csv": tickets.w1csv, "w1b": tickets.w1b, "w1x": tickets.w1x, "w2": pull.w2, "w3": hooks.w3,
    "w4": facts.w4,
}


def arguments():
    parser = argparse.ArgumentParser(description="Workloads beside DuckDB, Polars, Python and plain C.")
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD",
                        help=f"{', '.join(WORKLOADS)}; all where none is named")
    parser.add_argument("--n", type=int, default=100_000, help="tickets: 10000, 100000 or 1000000")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    unknown = [name for name in options.workloads if name not in WORKLOADS]
    if unknown:
        parser.error(f"unknown workloads: {', '.join(unknown)}; known: {', '.join(WORKLOADS)}")
    if data.golden(options.n) is None:
        parser.error(f"there are no golden values for {options.n} tickets; 10000, 100000 and 1000000 have them")
    return options


def measure(workload, rounds):
    """The costs of each (contender, step), a list with one for each round."""
    costs = {}
    log = data.WORK / "commands.log"
    for number in range(rounds):
        for contender in workload.contenders:
            for step in contender.steps:
                print(f"  round {number + 1}: {contender.name} {step.name}", file=sys.stderr)
                cost, output = step.take(log)
                step.check(output)
                costs.setdefault((contender.name, step.name), []).append(cost)
    return costs


def main():
    options = arguments()
    missing = data.missing()
    if missing:
        print("these workloads need what lies beside the repository, and it is not there:", *missing, sep="\n  ",
              file=sys.stderr)
        return 2
    failed = []
    for name in options.workloads or WORKLOADS:
        try:
            workload = WORKLOADS[name](options.n)
            try:
                report.show(workload, measure(workload, options.rounds), options.rounds)
            finally:
                workload.close()
        except Failed as failure:
            print(f"\n{name} FAILED: {failure}", flush=True)
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
