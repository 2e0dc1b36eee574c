"""Backups that are taken while a system sends: each holds all that was acknowledged before it began."""

import pathlib, shutil, tempfile

from book import Sender, post, settle, wait_until
from company import Company, Failure


def backups(company, rounds):
    place = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-backups-"))
    sender = Sender(company)
    try:
        sender.port = company.start()
        taken = [take(company, sender, place / f"{number}.backup", number % 2 == 1) for number in range(rounds)]
        sender.stop()
        company.stop()
    finally:
        sender.stopping = True
    settle(company, sender.sent, sender.acknowledged)
    print(f"{'BACKUP':<8}{'ACKNOWLEDGED BEFORE':>20}{'DURING':>8}{'IN VALUES':>11}{'WAITED':>8}{'REPLAYED':>10}")
    for number, (file, before, during) in enumerate(taken):
        found, waiting, replayed = restore(company, sender, file, before, place / str(number))
        print(f"{number + 1:<8}{len(before):>20}{during:>8}{found:>11}{waiting:>8}{replayed:>10}", flush=True)
    shutil.rmtree(place)


def take(company, sender, file, is_used):
    """Backs the workspace up while events come; what was acknowledged before, and how much meanwhile.

    With `is_used` more of them are used before.
    """
    before, used = sender.known(), uses(company)
    wait_until(lambda: len(sender.known()) >= len(before) + 20, "events are taken between backups")
    wait_until(lambda: not is_used or uses(company) > used, "events are used between backups")
    before = sender.known()
    made = company.json("backup", str(file))
    if not made["intact"]:
        raise Failure(f"the audit chain in {file} is not intact")
    return file, before, len(sender.known() - before)


def uses(company):
    return company.rows("SELECT COUNT(*) FROM inbox WHERE state = 'used'")[0][0]


def restore(company, sender, file, before, folder):
    """A workspace of a backup has everything, its sealed events open, and it takes and knows requests."""
    key = str(company.folder / "secrets" / "plumbline.key")
    other = Company(company.program, company.shim, folder)
    told = other.json("restore", str(file), "--to", str(folder), "--key", key, statuses=(1,))
    if len(told["missing"]) != 1 or "hook" not in told["missing"][0]:
        raise Failure(f"one secret is missing, but it names {told['missing']}")
    other.put_secret()
    waiting = other.rows("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'")[0][0]
    found = settle(other, sender.sent, before)
    replayed = other.json("inbox", "replay", "--all")
    events = other.rows("SELECT COUNT(*) FROM inbox")[0][0]
    if replayed["requeued"] != events or other.json("rejects", "list") or settle(other, sender.sent, before) != found:
        raise Failure(f"of {events} sealed events {replayed['requeued']} were used again: {replayed['report']}")
    answer_again(other, before)
    if settle(other, sender.sent, before) != found:
        raise Failure("a repeated event has changed values")
    other.remove()
    return len(found), waiting, replayed["requeued"]


def answer_again(company, known):
    """A request that the backup knows is answered as before: secrets and keys are the right ones."""
    event = max(known, key=lambda event: int(event[1:]))
    status = post(company, company.start(), int(event[1:]))
    company.stop()
    if status != 200:
        raise Failure(f"the repeat of {event} was answered with {status}")
    if company.rows("SELECT COUNT(*) FROM inbox_repeats WHERE contents IS NULL")[0][0] != 1:
        raise Failure(f"{event} was not known as a repeat")
