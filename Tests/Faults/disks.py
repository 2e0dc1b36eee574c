"""Disks that are full or fail, and databases that others hold."""

import sqlite3, time

from book import Sender, settle, wait_until


def disk(company):
    faults = [
        ("full disk", switch(company.no_space)), ("failing sync", switch(company.no_sync)),
        ("locked database", locking(company)), ("read-only database", read_only(company)),
    ]
    # Every sender goes on counting where the one before has stopped: an event has its number once.
    sent, acknowledged = set(), set()
    for fault, (begin, end) in faults:
        sender = Sender(company, first=len(sent))
        try:
            sender.port = company.start()
            wait_until(lambda: len(sender.known()) > 20, "events are taken")
            begin()
            time.sleep(0.5)
            with sender.lock:
                sender.statuses.clear()
            before = len(sender.known())
            time.sleep(4)
            with sender.lock:
                during = dict(sender.statuses)
            end()
            wait_until(lambda: len(sender.known()) > before + 40, f"events are taken again after: {fault}")
            sender.stop()
            company.stop()
        finally:
            sender.stopping = True
        sent, acknowledged = sent | sender.sent, acknowledged | sender.known()
        counted = settle(company, sent, acknowledged)
        print(
            f"{fault}: answers meanwhile {during}; acknowledged {len(acknowledged)}, in the value {len(counted)}; "
            f"recovered by itself", flush=True)


def switch(file):
    return file.touch, file.unlink


def locking(company):
    holder = {}

    def begin():
        holder["connection"] = sqlite3.connect(company.database, isolation_level=None, check_same_thread=False)
        holder["connection"].execute("BEGIN IMMEDIATE")

    def end():
        holder["connection"].execute("ROLLBACK")
        holder["connection"].close()

    return begin, end


def read_only(company):
    """Root writes where it likes: a full mount is what refuses it. So the write fails with a trigger instead."""

    def begin():
        with sqlite3.connect(company.database) as connection:
            connection.execute(
                "CREATE TRIGGER read_only BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'read-only'); END")

    def end():
        with sqlite3.connect(company.database) as connection:
            connection.execute("DROP TRIGGER read_only")

    return begin, end
