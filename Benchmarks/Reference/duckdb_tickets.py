"""DuckDB: duckdb_tickets.py values FILE OUT.sqlite      the eight values (W1)
           duckdb_tickets.py upsert FILE.jsonl DATABASE  every record by its key (W1b)
"""
import sys
from pathlib import Path

import duckdb

from values import store

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench"
COLUMNS = """
    id: 'VARCHAR', subject: 'VARCHAR', requester: 'VARCHAR', assignee: 'VARCHAR', "group": 'VARCHAR', status: 'VARCHAR',
    priority: 'VARCHAR', channel: 'VARCHAR', created_at: 'VARCHAR', updated_at: 'VARCHAR',
    first_response_at: 'VARCHAR', resolved_at: 'VARCHAR', reopened: 'INTEGER', satisfaction: 'INTEGER',
    tags: 'VARCHAR[]', custom_fields: 'JSON'
"""


def values(file, out):
    sys.path.insert(0, str(SHARED))
    from reference_w1 import rows
    store(out, rows(file))


def upsert(file, database):
    columns = COLUMNS.replace("'", "").replace(":", "")
    with duckdb.connect(database) as connection:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS tickets (source VARCHAR, {columns}, PRIMARY KEY (source, id))")
        connection.execute(
            f"INSERT OR REPLACE INTO tickets SELECT 'bench', * FROM read_json(?, format = 'newline_delimited', "
            f"columns = {{{COLUMNS}}})", [file])
        print(connection.execute("SELECT count(*) FROM tickets").fetchone()[0])


if __name__ == "__main__":
    {"values": values, "upsert": upsert}[sys.argv[1]](*sys.argv[2:])
