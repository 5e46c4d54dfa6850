"""The parts of a running server, which every handler gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.access import Access
from nanomeet_widget.server.broadcast.broadcasts import Broadcasts
from nanomeet_widget.server.broadcast.hls import Hls
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.counts import Counts
from nanomeet_widget.server.hub.client import HubClient
from nanomeet_widget.server.hub.desk import Desk
from nanomeet_widget.server.leases import Leases
from nanomeet_widget.server.recording.recording_files import RecordingFiles
from nanomeet_widget.server.rooms.rooms import Rooms
from nanomeet_widget.server.store.event_log import EventLog
from nanomeet_widget.server.store.session_rows import SessionRows
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets
from nanomeet_widget.server.tokens.api_keys import ApiKeys
from nanomeet_widget.server.tokens.browser_tickets import BrowserTickets
from nanomeet_widget.server.tokens.issuer import Issuer


@dataclass(frozen=True, kw_only=True)
class Hub:
    """What a server has as a service of a JupyterHub."""

    client: HubClient
    desk: Desk


@dataclass(frozen=True, kw_only=True)
class Core:
    """The parts of a running server."""

    config: ServerConfig
    #: The address at which guests reach it, without a trailing slash.
    origin: str
    #: What answers challenges; see `_proof`.
    proof: str = field(repr=False)
    keys: ApiKeys
    issuer: Issuer
    rooms: Rooms
    broadcasts: Broadcasts
    recordings: RecordingFiles

    access: Access
    counts: Counts
    hls: Hls
    leases: Leases
    browser_tickets: BrowserTickets
    timers: Timers
    event_log: EventLog
    records: SessionRows
    #: What the invites of a moderator's token count for: the room, or a JupyterHub's user.
    payer: Callable[[Claims], str]
    #: How many invites each of those may create by HTTP.
    invites: TokenBuckets
    #: How many personal links: they are made for a whole roster at once.
    rosters: TokenBuckets
    #: How often each room's moderators may read its records: each time a whole table.
    readings: TokenBuckets
    #: The JupyterHub whose service this is; None for none.
    hub: Hub | None = None
