"""Processes that die at named points, at chosen writes and at random moments, and are started again."""

import time
from collections import Counter

from book import Sender, settle, wait_until
from older import NewestStep


class Kind:
    """A way to die. `faults` draws what to launch with; those that are `opening` are killed within `moment` by us."""

    def __init__(self, title, faults=None, is_older=False, moment=None, patience=10.0, weight=1.0):
        self.title, self.faults = title, faults or (lambda chance: {})
        self.is_older, self.moment, self.patience, self.weight = is_older, moment, patience, weight


def at(point, most=1):
    return lambda chance: {"crash_at": f"{point}:{chance.randint(1, most)}"}


# Where events must wait for a point to be reached, the kind before it leaves some behind.
SEQUENCES = [
    [Kind("after receive", at("received", 30)), Kind("after claim", at("claimed"))],
    [Kind("after commit, before the answer", at("stored", 30)),
     Kind("after mapping, before publishing", at("used"))],
    [Kind("WAL checkpoint, while opening", lambda chance: {"kill_at": chance.randint(1, 12)}, patience=3)],
    [Kind("WAL checkpoint, while serving", lambda chance: {"kill_at": chance.randint(1, 300), "armed": False},
          patience=60, weight=0.1)],
    [Kind("migration, step not committed", at("migrating"), is_older=True)],
    [Kind("migration, at a write to the log", lambda chance: {"kill_at_log": chance.randint(1, 60)}, is_older=True)],
    [Kind("migration, random moment", is_older=True, moment="migrating")],
    [Kind("random write to the log", lambda chance: {"kill_at_log": chance.randint(60, 300)})],
    [Kind("random moment, while opening", moment="opening")],
    [Kind("random moment, while serving", moment="serving")],
]
LAST = "until the end, no kill"


class Kills:
    """Rounds of one company, each of which ends with a death."""

    def __init__(self, company, chance, power=False):
        self.company, self.chance, self.power = company, chance, power
        self.sender = Sender(company, pause=0.01)
        self.titles, self.waiting, self.lost, self.opening = [], Counter(), 0, 1.0
        self.step = NewestStep(company)
        self.began = time.time()

    def run(self, rounds):
        try:
            for kind in self.kinds(rounds):
                self.round(kind)
                if len(self.titles) % 25 == 0:
                    self.tell(rounds)
                if len(self.titles) % 250 == 0:
                    self.compare()
            self.finish()
        finally:
            self.sender.stopping = True
        self.print_table(settle(self.company, self.sender.sent, self.sender.acknowledged))

    def kinds(self, rounds):
        """Sequences in a random order, each as often as the others but for its weight."""
        left, owed = rounds, Counter()
        while left > 0:
            for number in self.chance.sample(range(len(SEQUENCES)), len(SEQUENCES)):
                owed[number] += SEQUENCES[number][0].weight
                if owed[number] < 1:
                    continue
                owed[number] -= 1
                for kind in SEQUENCES[number][:left]:
                    left -= 1
                    yield kind

    def round(self, kind):
        company, sender = self.company, self.sender
        if kind.is_older:
            self.step.take_back()
        faults = kind.faults(self.chance)
        began = time.time()
        company.launch(power=self.power, **faults)
        sender.during = len(self.titles)
        if kind.moment in ("opening", "migrating"):
            if kind.moment == "migrating":
                company.writing()
            time.sleep(self.chance.uniform(0, self.opening if kind.moment == "opening" else 0.03))
            company.kill()
            return self.note(kind.title)
        sender.port = company.listening()
        if sender.port is not None:
            self.opening = time.time() - began
        company.armed.touch()
        if kind.moment == "serving":
            time.sleep(self.chance.uniform(0, 0.6))
            company.kill()
            self.note(kind.title)
        else:
            was_open = sender.port is not None
            is_met = company.died(kind.patience)
            if not is_met:
                company.kill()
            self.note(title(kind, was_open) if is_met else f"not met: {kind.title}")

    def note(self, title):
        self.sender.port = None
        self.titles.append(title)
        self.waiting[title] += self.company.rows("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'")[0][0]
        if self.power:
            self.lost += self.company.lose_power()

    def tell(self, rounds):
        minutes = (time.time() - self.began) / 60
        print(
            f"[{len(self.titles)}/{rounds}, {minutes:.1f} min] acknowledged {len(self.sender.acknowledged)}, "
            f"{self.company.database.stat().st_size >> 20} MiB", flush=True)

    def compare(self):
        """What was acknowledged up to now is there: a loss is seen near the rounds that made it."""
        known = self.sender.known()
        counted = settle(self.company, self.sender.sent, known)
        print(f"  all {len(known)} acknowledged events are among the {len(counted)} of the value", flush=True)

    def finish(self):
        self.sender.during = len(self.titles)
        self.sender.port = self.company.start()
        known = len(self.sender.known())
        wait_until(lambda: len(self.sender.known()) > known + 20, "events are taken after all deaths")
        self.sender.stop()
        self.company.stop()

    def print_table(self, counted):
        deaths, titles = Counter(self.titles), self.titles + [LAST]
        acknowledged, found, doubles = Counter(), Counter(), Counter()
        for event, number in self.sender.acknowledged.items():
            acknowledged[titles[number]] += 1
            found[titles[number]] += event in counted
            doubles[titles[number]] += counted[event] > 1
        rows = [
            [title, deaths[title], self.waiting[title], acknowledged[title], found[title], doubles[title]]
            for title in sorted(deaths) + [LAST]]
        rows.append(["together"] + [sum(column) for column in list(zip(*rows))[1:]])
        for row in [["WHERE THE PROCESS DIED", "KILLS", "WAITING", "ACKNOWLEDGED", "IN VALUES", "DOUBLES"]] + rows:
            print(f"{row[0]:<42}{row[1]:>6}{row[2]:>9}{row[3]:>14}{row[4]:>11}{row[5]:>9}")
        print("WAITING: events in the inbox at the deaths; ACKNOWLEDGED: while the processes lived that died there")
        print(f"not acknowledged and yet stored: {len(set(counted) - set(self.sender.acknowledged))}; "
              f"answers {dict(self.sender.statuses)}; unsynced writes put back: {self.lost}", flush=True)


def title(kind, was_open):
    """What a death is called: a write that was chosen to fall into the opening may come later."""
    if kind.title == "WAL checkpoint, while opening" and was_open:
        return "WAL checkpoint, while serving"
    if kind.title == "migration, at a write to the log" and was_open:
        return "random write to the log"
    return kind.title
