"""What every service has in common: the calls of the public surface, blocking or not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._http import Http, Steps
from nanomeet_widget._models import Invite, Playout, Room, Secret, SecretText

if TYPE_CHECKING:
    from typing_extensions import Self

    from nanomeet_widget._library import Library
    from nanomeet_widget._validation import When


@dataclass(frozen=True, kw_only=True)
class BroadcastTarget:
    """Where a broadcast is sent by RTMP, and where it can be watched then.

    Parameters
    ----------
    ingest
        The RTMP address with the stream's key: who knows it can send in this one's place.
    playout
        Where to watch it, if that is known.
    """

    ingest: Secret
    playout: Playout | None = None


@dataclass(frozen=True, kw_only=True)
class RoomRequest:
    """What `create_room` was asked for, as it was given."""

    room: str
    nbf: When | None
    exp: When | None
    streamname: str | None
    server: str | None
    moderator: bool


@dataclass(frozen=True, kw_only=True)
class InviteRequest:
    """What `create_invite` was asked for, as it was given."""

    token: str
    moderator: bool
    nbf: When | None
    exp: When | None


class Service(ABC):
    """Who mints rooms and invites, and knows what carries them.

    Close it, or use it in a ``with`` block, when it is not needed any more.
    """

    #: What errors and `current()` call it.
    name: str
    #: The library that pages use for its meetings; None for this package's own client.
    library: Library | None = None
    _http: Http

    def create_room(
        self,
        room: str,
        *,
        nbf: When | None = None,
        exp: When | None = None,
        streamname: str | None = None,
        server: str | None = None,
        moderator: bool = True,
    ) -> Room:
        """Make a room; see `nanomeet_widget.create_room`."""
        asked = RoomRequest(
            room=room, nbf=nbf, exp=exp, streamname=streamname, server=server, moderator=moderator
        )
        return self._http.run(self._create_room(asked))

    async def acreate_room(
        self,
        room: str,
        *,
        nbf: When | None = None,
        exp: When | None = None,
        streamname: str | None = None,
        server: str | None = None,
        moderator: bool = True,
    ) -> Room:
        """Make a room without blocking; see `nanomeet_widget.create_room`."""
        asked = RoomRequest(
            room=room, nbf=nbf, exp=exp, streamname=streamname, server=server, moderator=moderator
        )
        return await self._http.arun(self._create_room(asked))

    def create_invite(
        self,
        token: str,
        *,
        moderator: bool = False,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> Invite:
        """Make an invite; see `nanomeet_widget.create_invite`."""
        asked = InviteRequest(token=SecretText(token), moderator=moderator, nbf=nbf, exp=exp)
        return self._http.run(self._create_invite(asked))

    async def acreate_invite(
        self,
        token: str,
        *,
        moderator: bool = False,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> Invite:
        """Make an invite without blocking; see `nanomeet_widget.create_invite`."""
        asked = InviteRequest(token=SecretText(token), moderator=moderator, nbf=nbf, exp=exp)
        return await self._http.arun(self._create_invite(asked))

    @abstractmethod
    def browser_link(self, token: str) -> Secret:
        """Make a link that opens the meeting of a token in a browser."""

    @abstractmethod
    def check(self) -> str:
        """Return the address of the meeting server, once the service has answered.

        Raises
        ------
        NanoMeetError
            If it does not, or does not accept the key.
        """

    @abstractmethod
    def serves(self, server: str) -> bool:
        """Return whether this service makes the tokens of a server: others' never come here.

        Parameters
        ----------
        server
            As a token has it.
        """

    def broadcast_target(self, streamname: str, *, is_vod: bool) -> BroadcastTarget | None:
        """Return where a broadcast of this name is sent; None if the engine itself carries it.

        Parameters
        ----------
        streamname
            As the room's token has it.
        is_vod
            Whether it is recorded too.

        Raises
        ------
        InvalidInputError
            If this service was not told where broadcasts go.
        """
        del streamname, is_vod
        return None

    def found_at(self, server: str, page: str) -> str | None:
        """Take note of where a notebook's page is; return where that reaches the token's server.

        Parameters
        ----------
        server
            As a token has it.
        page
            The base address of the Jupyter server that the page came from.

        Returns
        -------
        str or None
            None where the page reaches it as the token says: it is no part of that Jupyter server.
        """
        del server, page
        return None

    def obstacle(self, server: str) -> str | None:
        """Return why pages on other machines do not reach a token's server, and what to do.

        Parameters
        ----------
        server
            As a token has it.

        Returns
        -------
        str or None
            None where nothing is known to be in the way.
        """
        del server
        return None

    def live_url(self, streamname: str) -> str:
        """Return the address of the page that shows the broadcast of this name.

        Parameters
        ----------
        streamname
            As the room's token has it.

        Raises
        ------
        InvalidInputError
            If this service does not know where its broadcasts are shown.
        """
        target = self.broadcast_target(streamname, is_vod=False)
        if target is None or target.playout is None:
            raise InvalidInputError(
                f"{self.name} does not say where {streamname} is shown: give the page's URL instead"
            )
        return target.playout.live

    def close(self) -> None:
        """Let go of what is held. Connections live no longer than a call."""
        return

    async def aclose(self) -> None:
        """Do what `close` does."""
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._where()}>"

    def _where(self) -> str:
        """Where it is, for its repr."""
        return self.name

    @abstractmethod
    def _create_room(self, asked: RoomRequest) -> Steps[Room]: ...

    @abstractmethod
    def _create_invite(self, asked: InviteRequest) -> Steps[Invite]: ...


def as_secret(name: str, value: str | Secret | None) -> Secret:
    """Return a credential, hidden.

    Raises
    ------
    InvalidInputError
        If it is empty, of another type, or holds what no HTTP header can.
    """
    text: Any = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str) or not text.strip():
        raise InvalidInputError(
            f"{name} is missing: give it as text, or as nanomeet_widget.Secret.ask()"
        )
    text = SecretText(text.strip())
    if not text.isascii() or not text.isprintable():
        raise InvalidInputError(f"{name} has letters that no key has: copy it again")
    return Secret(text)
