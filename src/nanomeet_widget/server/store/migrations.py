"""The steps by which the database got its tables."""

from __future__ import annotations

#: Personal links: whose they are. The rows expire with their tokens.
ROSTER = """
    ALTER TABLE tokens ADD COLUMN name TEXT NOT NULL DEFAULT '';
    ALTER TABLE tokens ADD COLUMN roster TEXT NOT NULL DEFAULT '';
    """

#: Each entry raises the database's `user_version` by one. Never change an entry: append.
MIGRATIONS = (
    """
    CREATE TABLE rooms (
        name TEXT NOT NULL,
        instance TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (name, instance)
    ) WITHOUT ROWID;
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        kind TEXT NOT NULL,
        room TEXT NOT NULL,
        detail TEXT NOT NULL
    );
    CREATE INDEX events_by_room ON events (room, at);
    CREATE TABLE recordings (
        name TEXT PRIMARY KEY,
        stream TEXT NOT NULL,
        instance TEXT NOT NULL,
        began REAL NOT NULL,
        ended REAL
    ) WITHOUT ROWID;
    CREATE INDEX recordings_by_stream ON recordings (stream, began);
    """,
    """
    CREATE TABLE people (
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        identity TEXT NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (room, instance, identity)
    );
    CREATE TABLE chat (
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        id INTEGER NOT NULL,
        sender TEXT NOT NULL,
        recipient TEXT,
        message TEXT NOT NULL,
        PRIMARY KEY (room, instance, id)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        room TEXT NOT NULL,
        moderator INTEGER NOT NULL,
        parent TEXT NOT NULL,
        made REAL NOT NULL,
        notbefore REAL NOT NULL,
        expiration REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX tokens_by_room ON tokens (room, made);
    CREATE INDEX tokens_by_parent ON tokens (parent);
    CREATE TABLE revocations (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        at REAL NOT NULL,
        until REAL NOT NULL
    );
    """,
    """
    ALTER TABLE recordings ADD COLUMN duration REAL;
    CREATE TABLE marks (
        recording TEXT NOT NULL,
        at REAL NOT NULL,
        title TEXT NOT NULL
    );
    CREATE INDEX marks_by_recording ON marks (recording, at);
    """,
    """
    ALTER TABLE recordings ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
    """,
    """
    ALTER TABLE tokens ADD COLUMN maker TEXT NOT NULL DEFAULT '';
    ALTER TABLE tokens ADD COLUMN people INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE arrivals (
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        token TEXT NOT NULL,
        identity TEXT NOT NULL,
        PRIMARY KEY (room, instance, token, identity)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE tokens ADD COLUMN stream TEXT NOT NULL DEFAULT '';
    CREATE INDEX tokens_by_stream ON tokens (stream);
    """,
    ROSTER,
)
