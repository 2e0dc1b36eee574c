#!/usr/bin/env python3
"""Kills, power cuts and failing disks under `plumbline serve`, with a sender that keeps its own book.

  faults.py kills   --program P [--rounds 25]   the process dies at random and at named points
  faults.py power   --program P [--rounds 5]    and every write that was not synced is lost
  faults.py disk    --program P                 full disk, failing sync, locked and read-only database

After each scenario every event that was acknowledged must be in the values exactly once, and none twice. The book of the
sender, not the program, says what was acknowledged. Exit code 0 where all holds. Needs a debug build for the named points,
and cc.
"""

import argparse, base64, hashlib, hmac, http.client, json, os, pathlib, random, shutil, signal, sqlite3, struct
import subprocess, sys, tempfile, threading, time

HERE = pathlib.Path(__file__).resolve().parent
KEY = b"0123456789abcdef0123456789abcdef"
POINTS = ["received", "stored", "claimed", "used"]
CONNECTION = """
connection: metrics
connector: webhook.metric
callback: {scheme: standard-webhooks, secret: "${file:hook}", people: all, indicators: [calls_made],
  requests_per_second: 100000}
gate: {schema_drift: off}
streams:
  metrics:
    record: metric
    map: {id: source.id, indicator_id: source.indicator, employee_id: account(source.account), at: source.time,
      value: source.value}
"""
INDICATOR = "indicators: [{id: calls_made, record: metric, scale_digits: 0}]\n"
PEOPLE = "staff_number,name_zh,name_en,unit\nE01,一,One,A\n"


class Failure(Exception):
    pass


class Company:
    """A workspace with one address, and the program that serves it."""

    def __init__(self, program, shim):
        self.program, self.shim = program, shim
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-faults-"))
        self.run("init")
        yaml = (self.folder / "plumbline.yaml").read_text()
        if "Asia/Shanghai" not in yaml:
            raise Failure("the workspace's zone is another than expected")
        (self.folder / "connectors" / "metrics.yaml").write_text(CONNECTION)
        (self.folder / "indicators" / "metrics.yaml").write_text(INDICATOR)
        (self.folder / "people.csv").write_text(PEOPLE)
        (self.folder / "secrets" / "hook").write_text("whsec_" + base64.b64encode(KEY).decode())
        self.run("people", "import")
        self.database = self.folder / "plumbline.sqlite"
        self.journal = self.folder / "journal"
        self.process = None
        self.deaths = {}

    def run(self, *arguments, check=True):
        command = [self.program, *arguments, "--workspace", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if check and done.returncode != 0:
            raise Failure(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self, crash_at=None, kill_at_write=None, power=False):
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        if crash_at:
            environment["PLUMBLINE_CRASH_AT"] = crash_at
        if self.shim:
            environment.update(
                LD_PRELOAD=self.shim, FAULT_FILE=str(self.database), FAULT_EIO=str(self.folder / "eio"),
                FAULT_ENOSPC=str(self.folder / "enospc"))
            if kill_at_write:
                environment["FAULT_KILL_AT"] = str(kill_at_write)
            if power:
                environment["FAULT_JOURNAL"] = str(self.journal)
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [self.program, "serve", "--port", "0", "--workspace", str(self.folder), "--format", "json"],
            stdout=subprocess.PIPE, stderr=log, env=environment)
        told = b""
        while not told.endswith(b"\n}\n"):
            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                return None
            told += line
        return int(json.loads(told)["address"].rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=90) != 0:
            raise Failure(f"a graceful stop ended with {self.process.returncode}")

    def lose_power(self):
        """Puts back what writes have overwritten that no sync followed."""
        pending = {}
        data = self.journal.read_bytes() if self.journal.exists() else b""
        at = 0
        while at < len(data):
            kind, length = data[at:at + 1], struct.unpack_from("<Q", data, at + 1)[0]
            path = data[at + 9:at + 9 + length]
            at += 9 + length
            if kind == b"S":
                pending[path] = []
                continue
            if at + 24 > len(data):
                break
            offset, size, count = struct.unpack_from("<QQQ", data, at)
            pending.setdefault(path, []).append((offset, size, data[at + 24:at + 24 + count]))
            at += 24 + count
        lost = 0
        for path, writes in pending.items():
            if not os.path.exists(path):
                continue
            with open(path, "r+b") as file:
                for offset, size, old in reversed(writes):
                    file.seek(offset)
                    file.write(old)
                    file.truncate(size)
                    lost += 1
        self.journal.unlink(missing_ok=True)
        pathlib.Path(str(self.database) + "-shm").unlink(missing_ok=True)
        return lost

    def remove(self):
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Sender:
    """Sends events, each until it is acknowledged, and keeps a book of what was."""

    def __init__(self, workers=4):
        self.sent, self.acknowledged = set(), set()
        self.statuses = {}
        self.lock = threading.Lock()
        self.port, self.stopping, self.number = None, False, 0
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(workers)]
        for thread in self.threads:
            thread.start()

    def work(self):
        while not self.stopping:
            with self.lock:
                self.number += 1
                identifier = f"e{self.number}"
                self.sent.add(identifier)
            while not self.stopping and not self.deliver(identifier):
                time.sleep(0.02)

    def deliver(self, identifier):
        port = self.port
        if port is None:
            return False
        body = json.dumps({
            "id": identifier, "indicator": "calls_made", "account": "E01",
            "time": "2026-07-03T10:00:00+08:00", "value": 1})
        moment = str(int(time.time()))
        code = hmac.new(KEY, f"{identifier}.{moment}.{body}".encode(), hashlib.sha256).digest()
        headers = {
            "webhook-id": identifier, "webhook-timestamp": moment,
            "webhook-signature": "v1," + base64.b64encode(code).decode(), "content-type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", "/hooks/metrics", body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            status = 0
        finally:
            connection.close()
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if 200 <= status < 300:
                self.acknowledged.add(identifier)
        return 200 <= status < 300

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(30)


def settle(company, sender):
    """Stops all, uses what waits, and compares the values with the sender's book."""
    company.run("inbox", "use")
    database = sqlite3.connect(f"file:{company.database}?mode=ro", uri=True)
    counted = database.execute(
        'SELECT _external_id, COUNT(*) FROM "evidence_metric" WHERE _state = \'live\' GROUP BY 1').fetchall()
    database.close()
    stored = {name for name, _ in counted}
    twice = [name for name, count in counted if count > 1]
    lost, foreign = sender.acknowledged - stored, stored - sender.sent
    values = json.loads(company.run("values", "--all", "--format", "json"))
    month = [v for v in values if v["indicator"] == "calls_made" and v["period"] == "2026-07" and v["subject"]["id"] == "E01"]
    value = int(month[0]["decimal"]) if month and month[0]["decimal"] else 0
    if twice or lost or foreign or value != len(stored):
        raise Failure(
            f"lost {sorted(lost)[:5]} ({len(lost)}), twice {twice[:5]}, foreign {sorted(foreign)[:5]}, "
            f"value {value} for {len(stored)} events")
    company.run("verify")
    rebuilt = json.loads(company.run("rebuild", "--format", "json"))
    if rebuilt["changed"] != 0:
        raise Failure(f"rebuild changed {rebuilt['changed']} values")
    return len(sender.acknowledged), len(stored), value


def wait_for_death(company, seconds):
    """Whether the process has ended by itself within so many seconds."""
    try:
        company.process.wait(timeout=seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


def kills(company, rounds, chance, power=False):
    sender, deaths, lost = Sender(), {}, 0
    try:
        for _ in range(rounds):
            how = chance.choice(POINTS + ["outside", "checkpoint"])
            count = chance.randint(1, 40) if how in ("received", "stored") else 1
            crash = f"{how}:{count}" if how in POINTS else None
            at_write = chance.randint(1, 30) if how == "checkpoint" else None
            sender.port = company.start(crash, at_write, power)
            if not wait_for_death(company, chance.uniform(0.3, 1.5) if how == "outside" else 6):
                if how != "outside":
                    how += ", not met"
                company.kill()
            sender.port = None
            deaths[how] = deaths.get(how, 0) + 1
            if power:
                lost += company.lose_power()
        sender.port = company.start()
        deadline = time.time() + 60
        known = len(sender.acknowledged)
        while len(sender.acknowledged) < known + 20 and time.time() < deadline:
            time.sleep(0.1)
        sender.stop()
        company.stop()
    finally:
        sender.stopping = True
    acknowledged, stored, value = settle(company, sender)
    print(f"{rounds} deaths: {dict(sorted(deaths.items()))}; unsynced writes put back: {lost}")
    print(f"acknowledged {acknowledged}, in the evidence {stored}, value {value}, answers {sender.statuses}")


def disk(company, chance):
    for fault, begin, end in [
        ("full disk", lambda: (company.folder / "enospc").touch(), lambda: (company.folder / "enospc").unlink()),
        ("failing sync", lambda: (company.folder / "eio").touch(), lambda: (company.folder / "eio").unlink()),
        ("locked database", *locking(company)),
        ("read-only database", *read_only(company)),
    ]:
        sender = Sender()
        try:
            sender.port = company.start()
            wait_until(lambda: len(sender.acknowledged) > 20, "events are taken")
            begin()
            time.sleep(0.5)
            with sender.lock:
                sender.statuses, before = {}, len(sender.acknowledged)
            time.sleep(4)
            with sender.lock:
                during = dict(sender.statuses)
            end()
            wait_until(lambda: len(sender.acknowledged) > before + 40, f"events are taken again after: {fault}")
            sender.stop()
            company.stop()
        finally:
            sender.stopping = True
        acknowledged, stored, value = settle_since(company, sender)
        print(f"{fault}: answers meanwhile {during}; acknowledged {acknowledged}, found {stored}; recovered by itself")


def settle_since(company, sender):
    company.run("inbox", "use")
    database = sqlite3.connect(f"file:{company.database}?mode=ro", uri=True)
    stored = {row[0] for row in database.execute('SELECT _external_id FROM "evidence_metric" WHERE _state = \'live\'')}
    database.close()
    lost = sender.acknowledged - stored
    if lost:
        raise Failure(f"lost {sorted(lost)[:5]} ({len(lost)})")
    return len(sender.acknowledged), len(stored), None


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


def wait_until(condition, what, seconds=90):
    deadline = time.time() + seconds
    while not condition():
        if time.time() > deadline:
            raise Failure(f"waited in vain: {what}")
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", choices=["kills", "power", "disk"])
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        shim = os.path.join(folder, "faults.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, HERE / "faults.c"], check=True)
        company = Company(arguments.program, shim)
        try:
            if arguments.scenario == "disk":
                disk(company, chance)
            else:
                power = arguments.scenario == "power"
                kills(company, arguments.rounds or (5 if power else 25), chance, power)
        except Failure as failure:
            print(f"FAILED (seed {seed}, workspace {company.folder}): {failure}", file=sys.stderr)
            sys.exit(1)
        company.remove()


if __name__ == "__main__":
    main()
