"""What a workload is: contenders that do the same work, and the figures that count."""
from dataclasses import dataclass, field
from typing import Callable

from measure import run


@dataclass
class Step:
    """One timed command of a contender. `prepare` is not timed and gives the command; `check` gets what it printed."""
    name: str
    prepare: Callable[[], list]
    check: Callable[[str], None]

    def take(self, log):
        """Does it, and gives what it cost and what it printed."""
        return run(self.prepare(), log)


@dataclass
class Contender:
    """One who does the work, step by step; `absent` says why it cannot."""
    name: str
    steps: list = field(default_factory=list)
    absent: str = ""


@dataclass
class Figure:
    """A cost of one step, alone or divided by another's, with what it must be and what we aim at.

    `of` and `to` are (contender, step); `cost` is wall, cpu or memory, or another column of the workload. Less is better
    unless it is to be `at_least` so much.
    """
    text: str
    cost: str
    of: tuple
    to: tuple = None
    must: float = None
    aim: float = None
    at_least: bool = False


# The columns of a table: title, name of the cost, how it is written.
COSTS = [("wall s", "wall", ".2f"), ("CPU s", "cpu", ".2f"), ("peak MiB", "memory", ".0f")]


@dataclass
class Workload:
    """Contenders that take turns, round by round."""
    title: str
    contenders: list
    figures: list
    notes: list = field(default_factory=list)
    columns: list = field(default_factory=lambda: COSTS)
    close: Callable[[], None] = lambda: None


OURS = "plumbline"
# There is no mode without evidence yet; it would be a contender beside this one.
WITH_EVIDENCE = "plumbline, with evidence"
LIMIT = "limit (C, SQLite)"
DUCKDB = "DuckDB"
POLARS = "Polars"
BY_HAND = "Python by hand"
