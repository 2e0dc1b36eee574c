#!/usr/bin/env python3
"""Kills, power cuts, upgrades, backups and failing disks under `plumbline serve`, with a sender that keeps its own book.

  faults.py kills      --program P [--rounds 33]  the process dies at named points, chosen writes and random moments
  faults.py power      --program P [--rounds 15]  and every write that was not synced is lost
  faults.py migration  --program P [--rounds 2]   an older database whose upgrade is killed at each step, or anywhere
  faults.py backups    --program P [--rounds 3]   backups while events come, each restored
  faults.py disk       --program P                full disk, failing sync, locked and read-only database

After each scenario every event that was acknowledged must be in the values exactly once, and none twice. The book of the
sender, not the program, says what was acknowledged. Exit code 0 where all holds. Needs a debug build for the named points,
and cc.
"""

import argparse, os, pathlib, random, subprocess, sys, tempfile

sys.dont_write_bytecode = True

from backups import backups
from company import Company, Failure
from disks import disk
from kills import Kills
from migration import migration

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = {"kills": 33, "power": 15, "migration": 2, "backups": 3, "disk": 0}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", choices=list(ROUNDS))
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 32)
    print(f"{arguments.scenario}, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        shim = os.path.join(folder, "faults.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, HERE / "faults.c"], check=True)
        try:
            run(arguments, shim, random.Random(seed))
        except Failure as failure:
            print(f"FAILED (seed {seed}): {failure}", file=sys.stderr)
            sys.exit(1)


def run(arguments, shim, chance):
    rounds = arguments.rounds or ROUNDS[arguments.scenario]
    if arguments.scenario == "migration":
        return migration(arguments.program, shim, rounds, chance)
    company = Company(arguments.program, shim)
    try:
        company.fill()
        if arguments.scenario == "disk":
            disk(company)
        elif arguments.scenario == "backups":
            backups(company, rounds)
        else:
            Kills(company, chance, arguments.scenario == "power").run(rounds)
    except Failure as failure:
        raise Failure(f"{failure} (workspace {company.folder})") from failure
    company.remove()


if __name__ == "__main__":
    main()
