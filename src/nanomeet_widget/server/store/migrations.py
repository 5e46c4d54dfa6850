"""The steps by which the database got its tables."""

from __future__ import annotations

#: What is kept of meetings; see `session_records`.
SESSIONS = """
    CREATE TABLE policies (
        room TEXT PRIMARY KEY,
        kinds TEXT NOT NULL,
        days INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        kinds TEXT NOT NULL,
        days INTEGER NOT NULL,
        began REAL NOT NULL,
        alive REAL NOT NULL,
        ended REAL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_room ON sessions (room, began);
    CREATE INDEX open_sessions ON sessions (instance) WHERE ended IS NULL;
    CREATE TABLE stays (
        session TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL,
        roster TEXT,
        moderator INTEGER NOT NULL,
        joined REAL NOT NULL,
        lost REAL,
        gone REAL,
        PRIMARY KEY (session, person, joined)
    ) WITHOUT ROWID;
    CREATE TABLE raised_hands (
        session TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL,
        roster TEXT,
        raised REAL NOT NULL,
        lowered REAL,
        lowered_by TEXT,
        PRIMARY KEY (session, person, raised)
    ) WITHOUT ROWID;
    CREATE TABLE talk (
        session TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL,
        roster TEXT,
        seconds REAL NOT NULL,
        PRIMARY KEY (session, person)
    ) WITHOUT ROWID;
    CREATE TABLE reactions (
        id INTEGER PRIMARY KEY,
        session TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL,
        roster TEXT,
        at REAL NOT NULL,
        reaction TEXT NOT NULL
    );
    CREATE INDEX reactions_by_session ON reactions (session);
    CREATE TABLE kept_chat (
        id INTEGER PRIMARY KEY,
        session TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL,
        roster TEXT,
        at REAL NOT NULL,
        text TEXT NOT NULL
    );
    CREATE INDEX kept_chat_by_session ON kept_chat (session);
    CREATE TABLE viewings (
        session TEXT NOT NULL,
        id TEXT NOT NULL,
        began REAL NOT NULL,
        ended REAL,
        startup REAL,
        halts INTEGER NOT NULL,
        halted REAL NOT NULL,
        PRIMARY KEY (session, id)
    ) WITHOUT ROWID;
    CREATE TABLE kept_polls (
        session TEXT NOT NULL,
        poll TEXT NOT NULL,
        question TEXT NOT NULL,
        options TEXT NOT NULL,
        multiple INTEGER NOT NULL,
        anonymous INTEGER NOT NULL,
        correct TEXT NOT NULL,
        counts TEXT NOT NULL,
        voters INTEGER NOT NULL,
        opened REAL NOT NULL,
        closed REAL NOT NULL,
        PRIMARY KEY (session, poll)
    ) WITHOUT ROWID;
    CREATE TABLE kept_votes (
        session TEXT NOT NULL,
        poll TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL,
        roster TEXT,
        choices TEXT NOT NULL,
        closed REAL NOT NULL,
        PRIMARY KEY (session, poll, person)
    ) WITHOUT ROWID;
    CREATE TABLE left_out (
        room TEXT NOT NULL,
        session TEXT NOT NULL,
        kind TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (room, session, kind)
    ) WITHOUT ROWID;
    CREATE TABLE forgotten (
        session TEXT NOT NULL,
        person TEXT NOT NULL,
        PRIMARY KEY (session, person)
    ) WITHOUT ROWID
"""

#: The polls of open rooms, and their ballots. In an anonymous poll, `voter` and `crowd` are keyed hashes that
#: are deleted when it closes, and `person` and `name` are empty.
POLLS = """
    CREATE TABLE room_polls (
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        id TEXT NOT NULL,
        number INTEGER NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (room, instance, id)
    ) WITHOUT ROWID;
    CREATE TABLE room_ballots (
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        poll TEXT NOT NULL,
        voter TEXT NOT NULL,
        crowd TEXT NOT NULL,
        person TEXT NOT NULL,
        name TEXT NOT NULL,
        choices TEXT NOT NULL,
        PRIMARY KEY (room, instance, poll, voter)
    ) WITHOUT ROWID;
"""

#: Groups of meetings, and the people who went into them; deleted with the meeting.
GROUPS = """
    CREATE TABLE room_groups (
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (room, instance)
    ) WITHOUT ROWID;
    CREATE TABLE group_people (
        room TEXT NOT NULL,
        instance TEXT NOT NULL,
        identity TEXT NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (room, instance, identity)
    );
"""

#: Personal links: whose they are. The rows expire with their tokens.
ROSTER = """
    ALTER TABLE tokens ADD COLUMN name TEXT NOT NULL DEFAULT '';
    ALTER TABLE tokens ADD COLUMN roster TEXT NOT NULL DEFAULT '';
    """

#: Rooms of a JupyterHub's people, and the tokens that they were given. `ended`: the Hub took the right to it away.
HUB = """
    CREATE TABLE hub_rooms (
        name TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        stream TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE hub_tokens (
        id TEXT PRIMARY KEY,
        user TEXT NOT NULL,
        room TEXT NOT NULL,
        moderator INTEGER NOT NULL,
        basis TEXT NOT NULL,
        ended INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX hub_tokens_by_user ON hub_tokens (user, room)
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
    SESSIONS,
    POLLS,
    GROUPS,
    ROSTER,
    HUB,
)
