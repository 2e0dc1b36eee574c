"""Python by hand, as people usually write it:
   by_hand.py values OUT.sqlite FILE...   the eight values; a record of a later file takes the place of an earlier one
   by_hand.py upsert FILE.jsonl DATABASE  upserts every record (W1b)
   by_hand.py api BASE_URL DATABASE       pulls the paging API, upserts every record, keeps the cursor (W2)
"""
import csv
import json
import sys
import urllib.parse
import urllib.request
from datetime import datetime
from itertools import islice
from statistics import median

from values import durable, store

FIELDS = [
    "id", "subject", "requester", "assignee", "group", "status", "priority", "channel", "created_at", "updated_at",
    "first_response_at", "resolved_at", "reopened", "satisfaction", "tags", "custom_fields",
]


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from map(json.loads, file) if path.endswith(".jsonl") else csv.DictReader(file)


def seconds(start, end):
    """From one time to another; None where there is no other."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() if end else None


def share(part, whole):
    return part / whole if whole else None


def row(tickets):
    """The eight values of the tickets of one person and month."""
    first = [time for time, _, _, _ in tickets if time is not None]
    solved = [(time, reopened) for _, time, reopened, _ in tickets if time is not None]
    rated = [rating for _, _, _, rating in tickets if rating is not None]
    return (
        len(tickets), len(solved), sum(time <= 72 * 3600 for time, _ in solved) / len(tickets),
        sum(first) / len(first) / 60 if first else None, median(first) / 60 if first else None,
        sum(time for time, _ in solved) / len(solved) / 3600 if solved else None,
        share(sum(rating >= 4 for rating in rated), len(rated)),
        share(sum(reopened >= 1 for _, reopened in solved), len(solved)))


def measured(ticket):
    rating = ticket["satisfaction"]
    return (
        seconds(ticket["created_at"], ticket["first_response_at"]),
        seconds(ticket["created_at"], ticket["resolved_at"]),
        int(ticket["reopened"]), None if rating in (None, "") else int(rating))


def latest(files):
    """The records of the files: one file as it streams, several with each record once."""
    if len(files) == 1:
        return read(files[0])
    return {ticket["id"]: ticket for file in files for ticket in read(file)}.values()


def values(out, *files):
    groups = {}
    for ticket in latest(files):
        if ticket["assignee"]:
            groups.setdefault((ticket["assignee"], ticket["created_at"][:7]), []).append(measured(ticket))
    store(out, ((*key, *row(tickets)) for key, tickets in groups.items()))


def pages(base, since):
    query = {"updated_since": since} if since else {}
    while True:
        request = urllib.request.Request(f"{base}/tickets?{urllib.parse.urlencode(query)}",
                                         headers={"Authorization": "Bearer bench-token"})
        with urllib.request.urlopen(request) as response:
            page = json.load(response)
        yield page["tickets"]
        if not page["meta"]["has_more"]:
            return
        query = {"cursor": page["meta"]["next_cursor"]}


def upsert_statement():
    columns = ", ".join(f'"{name}"' for name in FIELDS)
    update = ", ".join(f'"{name}" = excluded."{name}"' for name in FIELDS[1:])
    places = ", ".join("?" * len(FIELDS))
    return (f"INSERT INTO tickets (source, {columns}) VALUES ('bench', {places}) "
            f"ON CONFLICT (source, id) DO UPDATE SET {update}")


def plain(value):
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def ticket_store(path):
    database = durable(path)
    database.execute(
        "CREATE TABLE IF NOT EXISTS tickets (source, " + ", ".join(f'"{name}"' for name in FIELDS)
        + ", PRIMARY KEY (source, id)) WITHOUT ROWID")
    return database


def save(database, tickets):
    """Upserts records in one transaction."""
    database.execute("BEGIN")
    database.executemany(upsert_statement(), ([plain(ticket[name]) for name in FIELDS] for ticket in tickets))
    database.execute("COMMIT")


def print_rows(database):
    print(database.execute("SELECT count(*) FROM tickets").fetchone()[0])


def upsert(file, path):
    database, tickets = ticket_store(path), read(file)
    while batch := list(islice(tickets, 10_000)):
        save(database, batch)
    print_rows(database)


def api(base, path):
    database = ticket_store(path)
    database.execute("CREATE TABLE IF NOT EXISTS cursors (stream PRIMARY KEY, since)")
    since = next((since for since, in database.execute("SELECT since FROM cursors")), None)
    for tickets in pages(base, since):
        save(database, tickets)
        since = max([since or ""] + [ticket["updated_at"] for ticket in tickets])
    database.execute("INSERT OR REPLACE INTO cursors VALUES ('tickets', ?)", [since])
    print_rows(database)


if __name__ == "__main__":
    {"values": values, "upsert": upsert, "api": api}[sys.argv[1]](*sys.argv[2:])
