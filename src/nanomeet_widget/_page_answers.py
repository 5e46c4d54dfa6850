"""What a page is given that shows a meeting: how to join it, an invite, a link for a browser."""

from __future__ import annotations

from nanomeet_widget import _page_protocol, _tokens, _trust, services
from nanomeet_widget._errors import NanoMeetError
from nanomeet_widget._library import Library
from nanomeet_widget._page_protocol import Browser, Invite, Target, Targets, Token
from nanomeet_widget._rooms import create_invite
from nanomeet_widget.services import BroadcastTarget


def entrance(
    token: str | None,
    *,
    base: str | None = None,
    library: Library | None = None,
    moderator: bool = False,
    guest: bool = False,
) -> Token:
    """Return what a page joins with.

    Parameters
    ----------
    token
        The token; None for no meeting.
    base
        The Jupyter server's address, as the page has it.
    library
        The library to join with, if it is not the one that the token's service names.
    moderator
        Whether the page is told where a broadcast goes.
    guest
        Whether the page takes part beside the one that has the meeting.
    """
    if not token:
        return _entrance()
    server = _tokens.read(token).server
    if not _trust.is_known(server):
        return _entrance(ask=server, guest=guest)
    found = services.found_at(server, base) if base else None
    # A page that no Jupyter server brought, such as Colab's, may be on another machine, too.
    obstacle = (not found and services.obstacle(server)) or ""
    library = library or services.library(server)
    return Token(
        token=token,
        ask=None,
        server=found,
        broadcast=_targets(token) if moderator and not guest else None,
        library=library.page() if library else None,
        obstacle=obstacle[:1].upper() + obstacle[1:],
        guest=guest,
    )


def _entrance(*, ask: str | None = None, guest: bool = False) -> Token:
    return Token(token=None, ask=ask, server=None, broadcast=None, library=None, guest=guest)


def _targets(token: str) -> Targets | None:
    claims = _tokens.read(token)
    live = services.target(claims.server, claims.streamname, is_vod=False)
    rec = services.target(claims.server, claims.streamname, is_vod=True)
    return None if live is None or rec is None else Targets(live=_target(live), rec=_target(rec))


def _target(target: BroadcastTarget) -> Target:
    playout = target.playout
    watched = (
        None if playout is None else _page_protocol.Playout(live=playout.live, vod=playout.vod)
    )
    return Target(ingest=target.ingest.reveal(), playout=watched)


def invite(token: str) -> Invite:
    """Make an invite into a token's room. It asks a service, which may be slow."""
    try:
        link = create_invite(token).invite_link
    except NanoMeetError as error:
        return Invite(link=None, error=str(error))
    obstacle = services.obstacle(link.partition("/invite#")[0])
    note = f"The invite works on this machine only: {obstacle}." if obstacle else ""
    return Invite(link=link, error=None, note=note)


def browser_link(token: str) -> Browser:
    """Make a link that opens a token's meeting in a browser. It asks a service, which may be slow."""
    try:
        link = services.maker(_tokens.read(token).server).browser_link(token).reveal()
    except NanoMeetError as error:
        return Browser(link=None, error=str(error))
    return Browser(link=link, error=None)
