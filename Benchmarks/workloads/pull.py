"""W2: pulling tickets from a paging API, and pulling again what changed."""
import json
import shutil
import socket
import subprocess
import time

import checks
import data
import plumbline
from measure import Failed
from tickets import lines, reference, remove_database
from workload import BY_HAND, OURS, Contender, Figure, Step, Workload

PORT = 9200
BASE = f"http://127.0.0.1:{PORT}/api/v2"
PAGE = 1000


def w2(count):
    count = min(count, 100_000)  # the workload's own size
    server = serve(data.pages(count))
    return Workload(
        f"W2: {count:,} tickets pulled in {count // PAGE} pages, and again what changed",
        [ours(count), by_hand(count)],
        [
            Figure("first: CPU to Python by hand", "cpu", (OURS, "first"), (BY_HAND, "first"), must=0.5),
            Figure("again: wall to Python by hand", "wall", (OURS, "again"), (BY_HAND, "again"), must=0.5),
            Figure("again: wall, s", "wall", (OURS, "again"), aim=0.1),
        ],
        ["first: the aim is near the cost of W1b for as many records"],
        close=lambda: stop(server))


def serve(folder):
    """nginx with the pages; refuses to measure another server that answers on the port."""
    if answers():
        raise Failed(f"port {PORT} is taken")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    server = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            stop(server)
            raise Failed(f"nginx does not serve; see {folder}/nginx.err")
        time.sleep(0.05)
    return server


def answers():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def stop(server):
    if server.poll() is None:
        server.terminate()
    server.wait()


def changed_records(count):
    """Those that changed, and the unchanged one on the boundary."""
    return lines(data.tickets(count, delta=True)), 1


def ours(count):
    if not plumbline.PULL_TICKETS.exists():
        return Contender(OURS, absent="not built: swift build --configuration release in Benchmarks")
    folder = data.WORK / "runs" / "w2"
    command = [plumbline.PULL_TICKETS, folder]

    def first():
        plumbline.workspace("w2", ["tickets"], plumbline.ticket_people())
        # The program itself does not know the connector, so the people come first.
        plumbline.add(folder, "api")
        (folder / "secrets" / "bench-token").write_text("bench-token")
        return command

    def check_first(output):
        checks.equal("records", json.loads(output), {"inserted": count, "updated": 0, "unchanged": 0, "rejected": 0})
        checks.golden(checks.exported(folder), count)

    def check_again(output):
        changed, same = changed_records(count)
        checks.equal(
            "records", json.loads(output), {"inserted": 0, "updated": changed, "unchanged": same, "rejected": 0})
        checks.equal("stored, written by the run", checks.evidence(folder, "bench_ticket"), (count, changed))

    return Contender(OURS, [Step("first", first, check_first), Step("again", lambda: command, check_again)])


def by_hand(count):
    out = data.WORK / "runs" / "w2-python.db"
    command = reference("by_hand.py", "api", BASE, out)

    def first():
        remove_database(out)
        return command

    def check(output):
        checks.equal(BY_HAND, int(output), count)

    return Contender(BY_HAND, [Step("first", first, check), Step("again", lambda: command, check)])
