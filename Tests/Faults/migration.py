"""Upgrades of an older database that are killed at each of their steps, at random writes and at random moments."""

import time
from collections import Counter

from book import Sender, settle, wait_until
from company import Failure
from older import OlderCompany


def migration(program, shim, rounds, chance):
    deaths = Counter()
    for number in range(rounds):
        company = OlderCompany(program, shim)
        kill = [step_by_step, somewhere][number % 2]
        try:
            kill(company, chance, deaths)
            acknowledged = use(company)
        except Failure as failure:
            raise Failure(f"{failure} (workspace {company.folder})") from failure
        company.remove()
        print(f"[{number + 1}/{rounds}] {acknowledged} events, all values as before", flush=True)
    for place in sorted(deaths):
        print(f"{place:<48}{deaths[place]:>6}")


def step_by_step(company, chance, deaths):
    """Kills the upgrade in each of its steps: those before stay, the killed one leaves nothing."""
    (old, crash_at) = (company.steps(), "migrating:1")
    while True:
        before = company.steps()
        company.launch(crash_at=crash_at)
        if company.listening() is not None:
            break
        after = company.steps()
        if after[:len(before)] != before or len(after) - len(before) != (after != old):
            raise Failure(f"killed at {crash_at} behind '{before[-1]}', the upgrade has left '{after[-1]}'")
        deaths[f"in the step behind '{after[-1]}'"] += 1
        crash_at = "migrating:2"
    company.kill()
    if company.steps() != before + company.steps()[-1:]:
        raise Failure(f"not every step was killed: '{before[-1]}', then '{company.steps()[-1]}'")


def somewhere(company, chance, deaths):
    """Kills the upgrade at writes and moments, again and again until it is done by the way."""
    old = company.steps()
    for _ in range(12):
        is_write = chance.random() < 0.5
        company.launch(kill_at_log=chance.randint(1, 60) if is_write else None)
        if is_write:
            was_open = company.listening() is not None
        else:
            company.writing()
            time.sleep(chance.uniform(0, 0.03))
            was_open = False
        company.kill()
        steps = company.steps()
        if steps[:len(old)] != old:
            raise Failure(f"the upgrade has left the steps {steps} of {old}")
        if was_open:
            return
        deaths["at a write to the log" if is_write else "at a random moment"] += 1


def use(company):
    """The upgraded database takes events through two more deaths, and has what it had."""
    sender = Sender(company, pause=0.005)
    try:
        for _ in range(2):
            sender.port = company.start()
            known = len(sender.known())
            wait_until(lambda: len(sender.known()) > known + 10, "events are taken after the upgrade")
            company.kill()
        sender.stop()
    finally:
        sender.stopping = True
    settle(company, sender.sent, sender.acknowledged)
    company.run("verify", "--head", company.head)
    if company.values() != company.older_values():
        raise Failure(f"other values than the older version had: {company.values()}")
    return len(sender.acknowledged)
