"""A workspace with one address, and the program that serves it and is killed."""

import base64, json, os, pathlib, shutil, signal, sqlite3, struct, subprocess, tempfile, time

KEY = b"0123456789abcdef0123456789abcdef"
INDICATOR = "calls_made"
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
METRICS = "indicators: [{id: calls_made, record: metric, scale_digits: 0}]\n"
PEOPLE = "staff_number,name_zh,name_en,unit\nE01,一,One,A\n"


class Failure(Exception):
    pass


class Company:
    """A workspace made by `plumbline init`. `person` is whom events are about, `month` when they happened."""

    person, month = "E01", "2026-07"

    def __init__(self, program, shim, folder=None):
        self.program, self.shim, self.process = program, shim, None
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="plumbline-faults-"))
        self.folder = pathlib.Path(folder or self.place / "workspace")
        self.database = self.folder / "plumbline.sqlite"
        self.log, self.journal, self.armed, self.no_sync, self.no_space = [
            self.place / name for name in ("log", "journal", "armed", "no-sync", "no-space")]

    def fill(self):
        """Makes the workspace's files, and a database of the present schema."""
        self.run("init")
        if "Asia/Shanghai" not in (self.folder / "plumbline.yaml").read_text():
            raise Failure("the workspace's zone is another than expected")
        (self.folder / "people.csv").write_text(PEOPLE)
        self.add_connection()
        self.run("people", "import")
        return self

    def add_connection(self):
        (self.folder / "connectors" / "metrics.yaml").write_text(CONNECTION)
        (self.folder / "indicators" / "metrics.yaml").write_text(METRICS)
        (self.folder / "secrets").mkdir(exist_ok=True)
        self.put_secret()

    def put_secret(self):
        (self.folder / "secrets" / "hook").write_text("whsec_" + base64.b64encode(KEY).decode())

    # Commands

    def run(self, *arguments, statuses=(0,)):
        command = [self.program, *arguments, "--workspace", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode not in statuses:
            raise Failure(f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *arguments, statuses=(0,)):
        return json.loads(self.run(*arguments, "--format", "json", statuses=statuses))

    def rows(self, sql):
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def steps(self):
        """The steps of the schema that the database has, in their order."""
        names = [row[0] for row in self.rows("SELECT identifier FROM grdb_migrations")]
        return sorted(names, key=lambda name: int(name.split()[0]))

    # The served process

    def launch(self, crash_at=None, kill_at=None, kill_at_log=None, armed=True, power=False):
        """Starts to serve, and does not wait. `kill_at` counts writes once the company is armed."""
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        if crash_at:
            environment["PLUMBLINE_CRASH_AT"] = crash_at
        environment.update(
            LD_PRELOAD=self.shim, FAULT_FILE=str(self.database), FAULT_EIO=str(self.no_sync),
            FAULT_ENOSPC=str(self.no_space), FAULT_ARMED=str(self.armed))
        if kill_at:
            environment["FAULT_KILL_AT"] = str(kill_at)
        if kill_at_log:
            environment["FAULT_KILL_AT_LOG"] = str(kill_at_log)
        if power:
            environment["FAULT_JOURNAL"] = str(self.journal)
        if armed:
            self.armed.touch()
        else:
            self.armed.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--port", "0", "--workspace", str(self.folder), "--format", "json"],
                stdout=subprocess.PIPE, stderr=log, env=environment)

    def listening(self):
        """Waits until requests are taken; the port, or None where the process died before."""
        told = b""
        while not told.endswith(b"\n}\n"):
            line = self.process.stdout.readline()
            if not line:
                self.died(60)
                return None
            told += line
        return int(json.loads(told)["address"].rsplit(":", 1)[1])

    def start(self):
        self.launch()
        port = self.listening()
        if port is None:
            raise Failure(f"serve ended with {self.process.returncode}: {self.last_line()}")
        return port

    def died(self, seconds):
        """Whether the process was killed within so many seconds; that it ends otherwise is a failure."""
        try:
            if self.process.wait(timeout=seconds) == -signal.SIGKILL:
                return True
        except subprocess.TimeoutExpired:
            return False
        raise Failure(f"serve ended by itself with {self.process.returncode}: {self.last_line()}")

    def writing(self, seconds=10):
        """Waits until something is in the database's log."""
        deadline = time.time() + seconds
        while time.time() < deadline and size(str(self.database) + "-wal") == 0:
            time.sleep(0.0005)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=90) != 0:
            raise Failure(f"a graceful stop ended with {self.process.returncode}: {self.last_line()}")

    def last_line(self):
        lines = self.log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else "nothing in its log"

    # The disk

    def lose_power(self):
        """Puts back what writes have overwritten that no sync followed; how many writes were lost."""
        lost = 0
        for path, writes in pending_writes(self.journal).items():
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
        shutil.rmtree(self.place, ignore_errors=True)


def size(file):
    """How many bytes a file has that others make and delete."""
    try:
        return os.stat(file).st_size
    except FileNotFoundError:
        return 0


def pending_writes(journal):
    """What writes without a sync have overwritten, by file, in their order: place, size of the file, bytes."""
    pending, at = {}, 0
    data = journal.read_bytes() if journal.exists() else b""
    # The last entry may be cut short by the kill: what it was to tell of has not happened.
    while at + 9 <= len(data):
        kind, length = data[at:at + 1], struct.unpack_from("<Q", data, at + 1)[0]
        path = data[at + 9:at + 9 + length]
        at += 9 + length
        if kind == b"S":
            if at <= len(data):
                pending[path] = []
            continue
        if at + 24 > len(data):
            break
        offset, size, count = struct.unpack_from("<QQQ", data, at)
        at += 24 + count
        if at <= len(data):
            pending.setdefault(path, []).append((offset, size, data[at - count:at]))
    return pending
