"""Runs a command and tells what it took: wall time, CPU of its whole process tree, peak memory."""
import os
import subprocess
import time
from dataclasses import dataclass, fields
from statistics import median


@dataclass(frozen=True)
class Cost:
    """Seconds and MiB."""
    wall: float
    cpu: float
    memory: float


class Failed(Exception):
    """A command ended badly, or its result is wrong."""


def run(command, log):
    """Runs `command` and gives its cost and what it printed. Complaints go to the file `log`.

    wait4 counts the process and all descendants that were waited for. Its memory is the largest single process among
    them, and never below this script's own, which stays small for that reason.
    """
    with open(log, "ab") as complaints:
        start = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=complaints)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise Failed(f"{command[0]} ended with {process.returncode}; see {log}\n{output.decode(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), output.decode()


def medians(costs):
    """The median of each figure by itself."""
    kind = type(costs[0])
    return kind(*(median(getattr(cost, field.name) for cost in costs) for field in fields(kind)))
