"""The pages that show a meeting's widget: which one has the meeting, and what the others may do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from nanomeet_widget import _page_protocol, _pages, _tokens
from nanomeet_widget._channel import PageChannel
from nanomeet_widget._errors import NanoMeetError, NoFrontEndError
from nanomeet_widget._liveness import Watch
from nanomeet_widget._page_order import PageOrder
from nanomeet_widget._page_protocol import (
    Alive,
    Begun,
    Envelope,
    Failure,
    Goodbye,
    Guest,
    GuestLeft,
    Held,
    Hello,
    KernelMessage,
    Message,
    Moved,
    Notice,
    PadGiven,
    Reply,
    Report,
    Shared,
    Status,
    Token,
    ToKernel,
)
from nanomeet_widget._rooms import create_invite
from nanomeet_widget._sealing import SealedLine

#: Pages of one widget that are known at once; each reload is another one.
_MAX_PAGES = 64


@dataclass(frozen=True, kw_only=True)
class SharedMeeting:
    """What its pages need to know of a widget's meeting, and do with it."""

    #: Its token, if it has one.
    token: Callable[[], str | None]
    #: Whether its user is a moderator.
    moderator: Callable[[], bool]
    #: Whether it goes on in a page.
    alive: Callable[[], bool]
    #: What a page joins with: the guest whose token is given, or the user.
    entrance: Callable[[str | None], Token]
    #: Takes a message of the page that has the meeting; returns whether that fits what was known.
    hear: Callable[[Message], bool]
    #: Takes note that this page is gone: why, and since when if that was learnt later.
    lost: Callable[[Failure, datetime | None], object]
    #: The pages of this kernel's other widgets.
    others: Callable[[], list[PageSessions]]


@dataclass(frozen=True)
class _Line:
    """The two directions of what is said between the kernel and a page."""

    sealed: SealedLine
    order: PageOrder = field(default_factory=PageOrder)

    def note(self, envelope: Envelope) -> None:
        """Note a message of the page, and take the pad that it brings."""
        self.sealed.refill(envelope.pad)
        self.order.note(envelope.number)


class PageSessions:
    """The pages of one widget.

    Parameters
    ----------
    meeting
        The widget's meeting.
    send
        Hands a message to all pages.
    """

    def __init__(self, meeting: SharedMeeting, send: Callable[[dict[str, Any]], object]) -> None:
        self._meeting = meeting
        self._send = send
        self.channel = PageChannel(self._say)
        #: The Jupyter server's address, as the page that has the meeting has it.
        self.base: str | None = None
        self._lines: dict[str, _Line] = {}
        # The session whose cell made or showed the widget last, and the page that has the meeting.
        self._runner = _pages.acting_session()
        self._owner: _pages.Page | None = None
        self._visitors: dict[str, _pages.Page] = {}
        # Whether that page goes on with a meeting in this widget, and has not said so yet.
        self._changing_over = False
        self._liveness = Watch(self.channel.ask, self._is_silent)

    def shown(self) -> None:
        """Note that the cell which runs now shows the widget."""
        self._runner = _pages.acting_session()

    def watch(self, *, alive: bool) -> None:
        """Begin to ask the page that has the meeting for signs of life, or end that."""
        if alive:
            self._liveness.start()
        else:
            self._liveness.stop()

    def receive(self, content: object) -> None:
        """Act on what a page says. What is malformed is ignored."""
        envelope: Envelope | None = _page_protocol.decode(content, Envelope)
        if envelope is None:
            return
        client, message = envelope.client, _page_protocol.decode(content, ToKernel)
        if message is None:
            return
        if isinstance(message, Hello):
            self._greet(envelope, message)
        elif client in self._lines and type(message) in self._FROM_ANY_PAGE:
            self._lines[client].note(envelope)
            self._FROM_ANY_PAGE[type(message)](self, client)
        elif client == self.channel.page and type(message) not in self._FROM_ANY_PAGE:
            self._liveness.heard()
            self.channel.heard()
            line = self._lines[client]
            line.note(envelope)
            if line.order.outdated(envelope.number, message):
                return
            if not self._hear(message) and line.order.wants_report():
                self.channel.tell(Report())
        elif self._owner is not None and client == self._owner.client:
            # It seemed to be gone, and is there: it reports what it said meanwhile.
            self._attach(self._owner, Report())

    def _hear(self, message: Message) -> bool:
        match message:
            case Held():
                self.channel.held(message.id, message.why)
            case Begun():
                self.channel.begun(message.id)
            case Reply():
                self.channel.reply(message)
            case Goodbye():
                self._on_goodbye()
            case Alive():
                pass  # it says no more than that the page is there
            case Status():
                fits = self._meeting.hear(message)
                self._changing_over = False
                return fits
            case _:
                return self._meeting.hear(message)
        return True

    def offer(self) -> None:
        """Give every page what it joins with now."""
        if self.channel.page is not None:
            self.channel.tell(self._meeting.entrance(None))
        for page in list(self._visitors.values()):
            self._turn_away(page)

    def _say(self, page: str, message: KernelMessage) -> None:
        if page in self._lines:
            self._lines[page].sealed.send(message)

    # --- which page has the meeting -------------------------------------------------------

    def _greet(self, envelope: Envelope, hello: Hello) -> None:
        client = envelope.client
        page = _pages.Page(client=client, browser=hello.browser or client, session=_pages.sender())
        _pages.note(page)
        self._line_to(client).note(envelope)
        if hello.asked or self._may_have(page):
            self.base = hello.base
            self._visitors.pop(client, None)
            self._changing_over = self._holder() is not None
            self._move_to(page)
        else:
            self._visitors[client] = page
            self._turn_away(page)

    def _line_to(self, client: str) -> _Line:
        if client not in self._lines:
            while len(self._lines) >= _MAX_PAGES:
                oldest = next(one for one in self._lines if one != self.channel.page)
                del self._lines[oldest]
                self._visitors.pop(oldest, None)
            sealed = SealedLine(lambda said: self._send({**said, "client": client}))
            self._lines[client] = _Line(sealed)
        return self._lines[client]

    def _may_have(self, page: _pages.Page) -> bool:
        """Return whether a page gets the meeting without a click."""
        holder = self._holder()
        if holder is not None:
            # It goes on where it is, even if another browser runs its cell.
            return page.browser == holder.browser
        if page.session is not None and page.session == self._runner:
            return True
        if page.browser == _pages.browser_of(self._runner):
            return True
        if self._owner is not None:
            return page.browser == self._owner.browser
        return self._runner is None

    def _holder(self) -> _pages.Page | None:
        """Return the page where the meeting of this room and role goes on, in any widget."""
        on = [one for one in self._alike() if one._goes_on]  # noqa: SLF001 - of the same class
        return on[0]._owner if on else None  # noqa: SLF001 - as above

    @property
    def _goes_on(self) -> bool:
        """Whether a page has the meeting in this widget, or is about to go on with it here."""
        return self._changing_over or self._meeting.alive()

    def _alike(self) -> list[PageSessions]:
        """Return the pages of all widgets of this room and role, these first."""
        key = self._room_key()
        alike = [one for one in self._meeting.others() if key and one._room_key() == key]  # noqa: SLF001
        return [self, *alike]

    def _room_key(self) -> tuple[str, ...]:
        token = self._meeting.token()
        if not token:
            return ()
        claims = _tokens.read(token)
        return (claims.server, claims.sub, claims.room, str(claims.moderator))

    def _move_to(self, page: _pages.Page) -> None:
        for one in self._alike():
            one._let_go(page, here=one is self)  # noqa: SLF001 - of the same class
        self._owner = page
        self._attach(page, self._meeting.entrance(None))

    def _let_go(self, page: _pages.Page, *, here: bool) -> None:
        """Tell the page that has the meeting, if that is another one, that it has it no longer."""
        old = self._owner
        if old is None or self.channel.page is None or old.client == page.client:
            return
        elsewhere = old.browser != page.browser
        if elsewhere or here:
            self.channel.tell(Moved(browser=elsewhere))

    def _attach(self, page: _pages.Page, first: KernelMessage) -> None:
        self.channel.greet(page.client, first)
        self._liveness.heard()

    # --- the other pages ------------------------------------------------------------------

    def _turn_away(self, page: _pages.Page) -> None:
        """Answer a page that has to ask: with its guest's token, if it has one, or with its options."""
        guest = _pages.guests_of(self._room_key()).get(page.browser)
        if guest is not None or not self._meeting.token():
            self._say(page.client, self._meeting.entrance(guest))
        else:
            self._say(page.client, Shared(invites=self._meeting.moderator()))

    def _on_guest(self, client: str) -> None:
        page, token = self._visitors.get(client), self._meeting.token()
        if page is not None and token:
            threading.Thread(target=self._admit, args=(page, token), daemon=True).start()

    def _admit(self, page: _pages.Page, token: str) -> None:
        try:
            invite = create_invite(token)
        except NanoMeetError as error:
            self._say(page.client, Notice(message=str(error)))
            self._turn_away(page)
            return
        _pages.guests_of(self._room_key())[page.browser] = invite.token
        self._turn_away(page)

    def _on_guest_left(self, client: str) -> None:
        page = self._visitors.get(client)
        if page is not None:
            _pages.guests_of(self._room_key()).pop(page.browser, None)

    def _on_pad(self, _client: str) -> None:
        """Do nothing: every message may bring a pad, and this one does nothing else."""

    _FROM_ANY_PAGE: ClassVar[dict[type[Message], Callable[[PageSessions, str], None]]] = {
        Guest: _on_guest,
        GuestLeft: _on_guest_left,
        PadGiven: _on_pad,
    }

    # --- the page goes --------------------------------------------------------------------

    def _on_goodbye(self) -> None:
        if self._owner is not None:
            # If it comes back, it says hello: its other messages are ignored from now on.
            self._owner = replace(self._owner, client="")
        self._is_gone("page_closed", "the page that showed the meeting was closed or reloaded")

    def _is_silent(self, at: datetime) -> None:
        words = "the page that showed the meeting does not answer any more"
        self._is_gone("page_silent", words, at)

    def _is_gone(self, kind: str, words: str, at: datetime | None = None) -> None:
        self._changing_over = False
        self.channel.part()
        self.channel.close(NoFrontEndError(words))
        self._meeting.lost(Failure(kind=kind, message=words), at)
