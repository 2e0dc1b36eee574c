"""W3: signed webhooks, each on disk before it is answered."""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import checks
import data
import plumbline
from measure import Failed
from tickets import reference
from workload import LIMIT, OURS, Contender, Figure, Step, Workload

PORT = 9100
SECONDS = 10
CONNECTIONS = (32, 256)
# More than wrk can send meanwhile: no event is sent twice.
REQUESTS = 100_000 * SECONDS
SECRET = "whsec_cGx1bWJsaW5lLWJlbmNoLXNlY3JldC0wMA=="  # of gen_webhooks.py

RECEIVING = "plumbline, receiving alone"
BARE = "bare HTTP (ours)"
FASTAPI = "FastAPI, sqlite3"


@dataclass(frozen=True)
class Load:
    """Acknowledgements a second, milliseconds to them, microseconds of the server's CPU for each, and MiB."""
    rate: float
    p50: float
    p99: float
    cpu: float
    memory: float


COLUMNS = [("acks/s", "rate", ".0f"), ("p50 ms", "p50", ".2f"), ("p99 ms", "p99", ".2f"), ("CPU us", "cpu", ".1f"),
           ("peak MiB", "memory", ".0f")]


def w3(_):
    return Workload(
        f"W3: signed webhooks, on disk before they are answered, {SECONDS} s of wrk",
        [
            ours(OURS, "w3"), ours(RECEIVING, "w3-receiving", leaves_out=True),
            storing(LIMIT, "limit", lambda store: [
                data.limit("ingest_webhooks", "-lcrypto"), PORT, store, SECRET]),
            storing(FASTAPI, "fastapi", lambda store: reference("ingest_webhooks.py", PORT, store, SECRET)),
            bare(),
        ],
        [
            *at_least("{}: acks/s to the limit", LIMIT, [32, 256], must=0.6, aim=0.85),
            *at_least("{}: acks/s to FastAPI", FASTAPI, [32, 256], must=8),
            *at_least("{}: acks/s to bare HTTP", BARE, [32, 256], aim=0.9),
            Figure("32: p99 to the limit", "p99", (OURS, "32"), (LIMIT, "32"), must=2, aim=1.2),
            Figure("32: CPU, us", "cpu", (OURS, "32"), must=60),
            Figure("32: CPU, us, receiving alone", "cpu", (RECEIVING, "32")),
        ],
        [
            "CPU of the server process while wrk sends, for each acknowledgement; plumbline also turns events into "
            "evidence and values meanwhile",
            "receiving alone: the stream leaves all events out, so that they are decrypted, parsed and dropped",
        ],
        columns=COLUMNS)


def at_least(text, to, connections, **goals):
    return [Figure(text.format(count), "rate", (OURS, str(count)), (to, str(count)), at_least=True, **goals)
            for count in connections]


@dataclass
class Sending(Step):
    """wrk sends to the server that the command starts."""
    connections: int

    def take(self, log):
        requests, length = data.webhooks(REQUESTS)
        with open(log, "ab") as complaints:
            server = start(self.prepare(), complaints)
            try:
                before = cpu(server.pid)
                sent = send(requests, length, self.connections)
                spent, memory = cpu(server.pid) - before, peak(server.pid)
            finally:
                stop(server)
        count = int(sent["requests"])
        cost = Load(count / float(sent["seconds"]), float(sent["p50_ms"]), float(sent["p99_ms"]),
                    spent * 1e6 / max(count, 1), memory)
        return cost, sent


def send(requests, length, connections):
    """What webhooks.lua tells at the end, by name."""
    wrk = shutil.which("wrk")
    if not wrk:
        raise Failed("wrk is not installed: apt install wrk")
    result = subprocess.run(
        [wrk, "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", data.SHARED / "webhooks.lua",
         f"http://127.0.0.1:{PORT}", "--", requests, str(length)], capture_output=True, text=True)
    told = [line for line in result.stdout.splitlines() if line.startswith("RESULT ")]
    if result.returncode or not told:
        raise Failed(f"wrk ended with {result.returncode}: {result.stdout}{result.stderr}")
    if "wrapped" in result.stderr:
        raise Failed(f"wrk sent more than the {REQUESTS:,} requests there are: some came twice")
    return dict(word.split("=") for word in told[0].split()[1:])


# The server's process

def answers():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def start(command, complaints):
    if answers():
        raise Failed(f"port {PORT} is taken")
    server = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=complaints)
    deadline = time.monotonic() + 30
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            stop(server)
            raise Failed(f"{command[0]} does not serve; see {complaints.name}")
        time.sleep(0.05)
    return server


def stop(server):
    """Lets it end what it has begun."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
    try:
        server.wait(60)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        raise Failed("the server did not stop within 60 s") from None


def cpu(pid):
    """Seconds of user and system time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid):
    """The most memory that a process has had, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


# The contenders

def contender(name, prepare, check):
    return Contender(name, [Sending(str(count), prepare, check(count), count) for count in CONNECTIONS])


def all_taken(sent):
    for name in ("non2xx", "connect", "read", "write"):
        checks.equal(f"wrk's errors, {name}", sent[name], "0")


def stored(store, table):
    """All that was acknowledged is stored, once, and nothing that was not sent: wrk leaves one request of each
    connection unanswered."""
    def check(connections):
        def compare(sent):
            all_taken(sent)
            database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
            count, = database.execute(f"SELECT count(*) FROM {table}").fetchone()
            acknowledged = int(sent["requests"])
            if not acknowledged <= count <= acknowledged + connections:
                raise Failed(f"{count} events stored, {acknowledged} acknowledged over {connections} connections")
        return compare
    return check


def storing(name, folder, command):
    """A server with a table of events."""
    store = data.WORK / "runs" / f"w3-{folder}" / "events.sqlite"

    def prepare():
        data.empty_folder(f"w3-{folder}")
        return command(store)

    return contender(name, prepare, stored(store, "events"))


def ours(name, folder, leaves_out=False):
    workspace = data.WORK / "runs" / folder

    def prepare():
        plumbline.workspace(folder, ["hooks"], plumbline.ticket_people())
        (workspace / "secrets" / "x-hook").write_text(SECRET)
        if leaves_out:
            file = workspace / "connectors" / "x.yaml"
            file.write_text(file.read_text().replace("    map:\n", "    where: 'false'\n    map:\n"))
        return plumbline.serve(workspace, PORT)

    return contender(name, prepare, stored(workspace / "plumbline.sqlite", "inbox"))


def bare():
    """Our server with an answer that is given at once."""
    if not plumbline.SERVE_HOOKS.exists():
        return Contender(BARE, absent="not built: swift build --configuration release in Benchmarks")
    return contender(
        BARE, lambda: ["env", f"TMPDIR={data.empty_folder('w3-bare')}", plumbline.SERVE_HOOKS, PORT], lambda _: all_taken)
