"""Puts a server's parts together, and closes them: on a port of its own, or inside Jupyter."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable
from pathlib import Path

from nanomeet_widget import _texts
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.access import Access
from nanomeet_widget.server.broadcast.broadcasts import Broadcasts
from nanomeet_widget.server.broadcast.hls import Hls
from nanomeet_widget.server.broadcast.push import RtmpPush
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.core import Core, Hub
from nanomeet_widget.server.counts import Counts
from nanomeet_widget.server.hub.client import HubClient
from nanomeet_widget.server.hub.desk import Desk
from nanomeet_widget.server.hub.watch import HubWatch
from nanomeet_widget.server.leases import Leases
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.recording.recordings import Recordings
from nanomeet_widget.server.rooms.classroom.record_keeper import RecordKeeper
from nanomeet_widget.server.rooms.revocations import RevocationWatch
from nanomeet_widget.server.rooms.rooms import Rooms
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.token_bucket import TokenBuckets
from nanomeet_widget.server.tokens import secrets_folder
from nanomeet_widget.server.tokens.api_keys import ApiKeys
from nanomeet_widget.server.tokens.browser_tickets import BrowserTickets
from nanomeet_widget.server.tokens.issuer import Issuer

#: Invites of one room that are created by HTTP, at once and a second: a school creates one for each student.
_INVITES, _INVITES_RATE = 1000, 5
#: Personal links of one room, at once: the largest roster, five times.
_ROSTERS = 5 * _texts.ROSTER
#: Tables of one room's records that are read, at once and a second: a panel may follow them.
_READINGS, _READINGS_RATE = 300, 2
#: Seconds for the farewells to reach the pages.
_FAREWELL = 0.2


def assemble(
    stack: contextlib.AsyncExitStack,
    config: ServerConfig,
    *,
    data: Path,
    keys: tuple[str, ...],
    origin: str,
    links: str,
    proof: str,
    movable: bool = False,
    on_unneeded: Callable[[], None],
) -> Core:
    """Return the parts of a server. To end it, await `farewell`, then close `stack`.

    Parameters
    ----------
    stack : contextlib.AsyncExitStack
        What closes the parts.
    config : ServerConfig
        The configuration.
    data : Path
        The data folder, which exists.
    keys : tuple of str
        The API keys that may create rooms.
    origin : str
        The server's address in its tokens, without a trailing slash.
    links : str
        The prefix of links to broadcasts and recordings: `origin`, or its path alone if pages reach the
        server at addresses that it cannot know.
    proof : str
        The secret of this process that proves to kernels which server it is; see `_proof`.
    movable : bool, default False
        Whether requests for tokens may name the server's address; see `Issuer`.
    on_unneeded : callable
        Called when the last lease has ended, if leases keep the server running.

    Returns
    -------
    Core
        The parts.
    """
    loop = asyncio.get_running_loop()
    store = stack.enter_context(Store(data, spare=config.retention.spare))
    recordings = Recordings(
        data,
        records=store.recordings,
        loop=loop,
        patience=config.patience.recording,
        retention=config.retention,
        sound=config.recording_sound,
    )
    stack.push_async_callback(recordings.close)
    allowed = frozenset(config.push_hosts)
    push = functools.partial(RtmpPush, allowed=allowed, loop=loop)
    broadcasts = Broadcasts(
        config=config, origin=links, store=store, timers=loop, record=recordings.new, push=push
    )
    issuer = Issuer(
        signing=secrets_folder.server_secrets(data),
        server=origin.removeprefix("https://"),
        organisation=config.organisation,
        store=store,
        movable=movable,
        records_days=config.records_days,
    )
    rooms = Rooms(config=config, store=store, timers=loop, broadcasts=broadcasts, issuer=issuer)
    stack.callback(RecordKeeper(store.sessions, timers=loop, days=config.records_days).close)
    stack.callback(RevocationWatch(store.tokens, rooms=rooms, timers=loop).close)
    hls = Hls(broadcasts, loop, always=config.hls)
    stack.callback(hls.close)
    leases = Leases(
        timers=loop,
        linger=config.linger,
        first=config.patience.first_lease,
        on_unneeded=on_unneeded,
    )
    stack.callback(leases.close)
    hub = None
    if config.hub is not None:
        client = HubClient(config.hub)
        stack.callback(client.close)
        desk = Desk(issuer=issuer, store=store, rooms=rooms, limits=config.limits, timers=loop)
        watch = HubWatch(
            client, desk=desk, store=store, issuer=issuer, rooms=rooms, every=config.hub.recheck
        )
        stack.push_async_callback(watch.close)
        hub = Hub(client=client, desk=desk)
    return Core(
        config=config,
        origin=origin,
        proof=proof,
        keys=ApiKeys(keys, timers=loop),
        issuer=issuer,
        rooms=rooms,
        broadcasts=broadcasts,
        recordings=recordings.files,
        access=Access(config),
        counts=Counts(),
        hls=hls,
        leases=leases,
        browser_tickets=BrowserTickets(),
        timers=loop,
        event_log=store.log,
        records=store.session_rows,
        hub=hub,
        payer=_room_of if hub is None else hub.desk.payer,
        invites=TokenBuckets(burst=_INVITES, rate=_INVITES_RATE, timers=loop),
        rosters=TokenBuckets(burst=_ROSTERS, rate=_INVITES_RATE, timers=loop),
        readings=TokenBuckets(burst=_READINGS, rate=_READINGS_RATE, timers=loop),
    )


def _room_of(claims: Claims) -> str:
    return claims.room


async def farewell(core: Core) -> None:
    """End the broadcasts, which finishes their recordings, then the rooms.

    Parameters
    ----------
    core : Core
        The server's parts.
    """
    over = asyncio.Event()
    core.broadcasts.close(over.set)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(over.wait(), core.config.patience.recording)
    core.rooms.close(
        meeting.Bye(kind="server_stopping", message="The server is stopping.", retry=True)
    )
    await asyncio.sleep(_FAREWELL)
