"""Takes back the tokens of users who lost the right to them in their JupyterHub."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from nanomeet_widget._errors import NanoMeetError, ServiceUnavailableError
from nanomeet_widget.server.hub.client import HubClient
from nanomeet_widget.server.hub.desk import Desk
from nanomeet_widget.server.hub.people import HubUser, Visitor
from nanomeet_widget.server.rooms.rooms import Rooms
from nanomeet_widget.server.store.hub_records import HubToken
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.tokens.issuer import Issuer

logger = logging.getLogger("nanomeet")

#: Questions about users that the Hub is asked at once.
_AT_ONCE = 4


class HubWatch:
    """Asks the Hub again and again whether those who have tokens may keep them.

    While the Hub does not answer, everyone keeps what they have.

    Parameters
    ----------
    client : HubClient
        The Hub.
    desk : Desk
        The rules.
    store : Store
        Who has which token.
    issuer : Issuer
        What revokes them.
    rooms : Rooms
        The rooms whose connections end with them.
    every : float
        Seconds between two rounds.
    """

    def __init__(
        self,
        client: HubClient,
        *,
        desk: Desk,
        store: Store,
        issuer: Issuer,
        rooms: Rooms,
        every: float,
    ) -> None:
        self._client = client
        self._desk = desk
        self._store = store
        self._issuer = issuer
        self._rooms = rooms
        self._every = every
        self._away = False
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stop asking."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self._round()
            except ServiceUnavailableError:
                if not self._away:
                    logger.warning("the JupyterHub does not answer: everyone keeps their access")
                self._away = True
            except Exception as error:
                # One round that fails must not be the last.
                logger.error("asking the JupyterHub failed", exc_info=error)  # noqa: TRY400 - the error's own trace
            else:
                self._away = False

    async def _round(self) -> None:
        self._store.hub.forget_unused()
        held: dict[str, list[HubToken]] = {}
        for token in self._store.hub.live():
            held.setdefault(token.user, []).append(token)
        groups = await self._client.groups()
        users = list(held)
        for first in range(0, len(users), _AT_ONCE):
            some = users[first : first + _AT_ONCE]
            found = await asyncio.gather(*(self._client.user(name, fresh=True) for name in some))
            for name, user in zip(some, found, strict=True):
                await self._check(user, held[name], groups)

    async def _check(
        self, user: HubUser | None, tokens: list[HubToken], groups: dict[str, str]
    ) -> None:
        for token in tokens:
            visitor = None if user is None else Visitor(user=user)
            # What made a moderator of them (a scope, by a role) this service cannot see: if they have lost a
            # group or role since, their own token says what they may do now.
            if user is not None and token.moderator and token.basis and token.room in groups:
                if user.keeps(token.basis):
                    continue
                visitor = await self._client.returning(user.name)
            if not self._desk.may_keep(token, visitor, groups):
                self._take_back(token)

    def _take_back(self, token: HubToken) -> None:
        logger.warning("the JupyterHub gives %s no longer access to %s", token.user, token.room)
        self._store.hub.end(token.id)
        with contextlib.suppress(NanoMeetError):  # it may have expired meanwhile
            self._rooms.send_out(frozenset(self._issuer.revoke(token.id, room=token.room)))
