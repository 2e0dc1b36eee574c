"""Databases of older versions."""

import pathlib, shutil, sqlite3
from contextlib import closing

from company import Company, Failure

FIXTURE = pathlib.Path(__file__).resolve().parent.parent / "EndToEndTests" / "Workspaces" / "upgrade"


class NewestStep:
    """Takes the newest step of the schema back in a company's database, so that the next start makes it again.

    What that step has made is known from a database whose upgrade was killed before it.
    """

    def __init__(self, company):
        self.company = company
        other = Company(company.program, company.shim).fill()
        try:
            self.steps = other.steps()
            other.database.unlink()
            other.launch(crash_at=f"migrating:{len(self.steps)}")
            if other.listening() is not None or other.steps() != self.steps[:-1]:
                raise Failure("the newest step of the schema could not be kept from a new database")
            self.objects = dict(other.rows(OBJECTS))
            self.columns = {name: columns(other.rows, name) for name in self.objects}
        finally:
            other.remove()

    def take_back(self):
        with closing(sqlite3.connect(self.company.database, isolation_level=None)) as database:
            rows = lambda sql: database.execute(sql).fetchall()
            database.execute("BEGIN IMMEDIATE")
            found = dict(rows(OBJECTS))
            for name, kind in sorted(found.items(), key=lambda item: item[1]):
                if name not in self.objects:
                    database.execute(f'DROP {kind} IF EXISTS "{name}"')
                elif kind == "table":
                    for column in columns(rows, name) - self.columns[name]:
                        database.execute(f'ALTER TABLE "{name}" DROP COLUMN "{column}"')
            database.execute("DELETE FROM grdb_migrations WHERE identifier = ?", [self.steps[-1]])
            database.execute("COMMIT")


# The tables and indices that steps make; those of evidence follow the record types.
OBJECTS = """
SELECT name, type FROM sqlite_schema
WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'evidence_%'
"""


def columns(rows, table):
    return {row[0] for row in rows(f"SELECT name FROM pragma_table_info('{table}')")}


class OlderCompany(Company):
    """A workspace whose database an older version wrote, with a connection that takes events."""

    # July is locked there, and nobody has been told of other people.
    person, month = "U01", "2026-08"

    def __init__(self, program, shim):
        super().__init__(program, shim)
        shutil.copytree(FIXTURE, self.folder, dirs_exist_ok=True)
        self.add_connection()
        (self.folder / "secrets" / "plumbline.key").write_text(bytes(range(32)).hex())
        with closing(sqlite3.connect(self.database)) as database:
            database.executescript((self.folder / "plumbline.sql").read_text())
        self.database.chmod(0o600)
        self.head = str(self.folder / "head.txt")

    def older_values(self):
        lines = (self.folder / "values.csv").read_text().splitlines()[1:]
        return sorted(line for line in lines)

    def values(self):
        """The values of what the older version knew, written as it wrote them."""
        return sorted(line(value) for value in self.json("values", "--all") if value["indicator"] != "calls_made")


def line(value):
    texts = [
        value["indicator"], value["subject"]["id"], value["period"], value["status"], value["exact"], value["decimal"],
        value["sample_size"], value["revision"], (value["evidence_digest"] or "")[:16]]
    return ",".join("" if text is None else str(text) for text in texts)
