/// The tables of the outbox.
enum OutboxSchema {
    static let tables = """
        CREATE TABLE outbox_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            occurred INTEGER NOT NULL,
            payload TEXT NOT NULL
        ) STRICT;
        CREATE TABLE deliveries (
            sink TEXT NOT NULL,
            event_id INTEGER NOT NULL REFERENCES outbox_events (id) ON DELETE CASCADE,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            next_attempt INTEGER,
            last_status INTEGER,
            last_error TEXT,
            delivered INTEGER,
            PRIMARY KEY (sink, event_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deliveries_by_event ON deliveries (event_id);
        CREATE INDEX deliveries_open ON deliveries (sink, next_attempt) WHERE state IN ('waiting', 'failed');
        CREATE INDEX deliveries_unfinished ON deliveries (sink, event_id) WHERE state <> 'delivered';
        CREATE TABLE delivery_attempts (
            id INTEGER PRIMARY KEY,
            event_id INTEGER NOT NULL REFERENCES outbox_events (id) ON DELETE CASCADE,
            sink TEXT NOT NULL,
            started INTEGER NOT NULL,
            ended INTEGER NOT NULL,
            status INTEGER,
            error TEXT
        ) STRICT;
        CREATE INDEX delivery_attempts_by_event ON delivery_attempts (event_id);
        CREATE TABLE sinks (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            disabled INTEGER,
            reason TEXT,
            quiet_until INTEGER,
            failures INTEGER NOT NULL DEFAULT 0,
            openings INTEGER NOT NULL DEFAULT 0,
            open_until INTEGER
        ) STRICT;
        CREATE TABLE failing_streams (
            connection TEXT NOT NULL,
            stream TEXT NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (connection, stream)
        ) STRICT, WITHOUT ROWID;
        """
}
