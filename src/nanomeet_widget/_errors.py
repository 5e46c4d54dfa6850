"""Every error that this package raises, in one tree.

NanoMeetError
├── InvalidInputError (ValueError)      an argument breaks a rule; nothing was sent
├── TokenError
│   ├── MalformedTokenError             not a JWT, or a claim is missing
│   ├── RejectedTokenError              signature, algorithm, issuer, audience or type is wrong
│   ├── ExpiredTokenError               `exp` is past
│   └── ImmatureTokenError              `nbf` is ahead
├── ServiceError                        the token service refused, or its answer is unusable
│   ├── AuthenticationError             it does not accept the key or token (401)
│   ├── PermissionDeniedError           the key or token lacks the right (403)
│   ├── QuotaExceededError              too many requests or rooms (429)
│   ├── ServiceUnavailableError         not reachable, overloaded or down
│   └── ProtocolError                   an answer outside the protocol
├── ServerStartError                    the embedded server did not start
├── MissingPackageError (ImportError)   an optional package is not installed
├── StreamError                         a program's pictures and sound cannot be sent or read
├── CommandError                        a meeting did not carry a command out
│   ├── CommandTimeoutError             no confirmation came in time
│   ├── CommandRefusedError             the engine, or the token's role, refuses
│   ├── NotJoinedError                  the meeting is not joined
│   │   ├── NotAdmittedError            a moderator did not let you in
│   │   ├── WrongRoomError              the token opens another room, or that of another tenant
│   │   ├── RoomFullError               the room is full
│   │   └── LoginRequiredError          the server requires a login, or a moderator, first
│   ├── ReadingEndedError               another participant, or the server, ended a reading
│   ├── NoFrontEndError                 no notebook page shows the meeting
│   └── CannotAwaitError                the command was sent, but its reply cannot arrive here
└── IllegalStepError (RuntimeError)     a state machine was asked for an illegal step: a bug
"""

from __future__ import annotations

from nanomeet_widget import _documentation

#: How the line of a traceback begins that has the address.
_SEE = f"See {_documentation.page('errors.md')}"


class NanoMeetError(Exception):
    """The base of every error of this package.

    Attributes
    ----------
    help : str
        The address of the section that explains it.
    """

    @property
    def help(self) -> str:
        classes = [known.__name__ for known in type(self).__mro__]
        return _documentation.of_error(str(getattr(self, "kind", "")), *classes)

    # Tracebacks of Python 3.11 and of IPython show these lines (PEP 678); `str` stays the message alone, so
    # that an error may be quoted in another.
    @property
    def __notes__(self) -> list[str]:
        notes: list[str] = self.__dict__.setdefault("_notes", [])
        # The kind may have been set meanwhile, and the list is the one that `add_note` adds to.
        notes[:] = [note for note in notes if not note.startswith(_SEE)]
        if not self._is_explained_below():
            notes.insert(0, f"See {self.help}")
        return notes

    @__notes__.setter
    def __notes__(self, notes: list[str]) -> None:
        self.__dict__["_notes"] = list(notes)

    def _is_explained_below(self) -> bool:
        """Return whether the traceback shows the same address already, with the error that caused this one."""
        hidden = None if self.__suppress_context__ else self.__context__
        cause = self.__cause__ or hidden
        return isinstance(cause, NanoMeetError) and cause.help == self.help


class InvalidInputError(NanoMeetError, ValueError):
    """An argument breaks a rule. Nothing was sent."""


class TokenError(NanoMeetError):
    """A token cannot be used."""

    #: The word for this failure on the wire and in `NanoMeet.error`.
    kind = "token_invalid"


class MalformedTokenError(TokenError):
    """The text is not a token, or the token lacks a claim."""

    kind = "token_malformed"


class RejectedTokenError(TokenError):
    """The token was not issued by this server, or was changed since."""

    kind = "token_rejected"


class ExpiredTokenError(TokenError):
    """The token has expired."""

    kind = "token_expired"


class ImmatureTokenError(TokenError):
    """The token is not valid yet."""

    kind = "token_not_yet_valid"


class ServiceError(NanoMeetError):
    """The token service did not do what it was asked.

    Parameters
    ----------
    message : str
        What went wrong and what to do next.
    status : int, optional
        The HTTP status, if there was an answer.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class AuthenticationError(ServiceError):
    """The service does not accept the API key or token."""


class PermissionDeniedError(ServiceError):
    """The key or token does not have the right to do this."""


class QuotaExceededError(ServiceError):
    """Too many requests, rooms or participants."""


class ServiceUnavailableError(ServiceError):
    """The service is not reachable, overloaded or down."""


class ProtocolError(ServiceError):
    """The service's answer is outside the protocol."""


class ServerStartError(NanoMeetError):
    """The embedded server did not start."""


class MissingPackageError(NanoMeetError, ImportError):
    """A package that only this needs is not installed; the message says how to install it."""


class StreamError(NanoMeetError):
    """The pictures and sound of a program cannot be encoded, sent or read."""


class CommandError(NanoMeetError):
    """The meeting did not carry the command out."""

    #: The reason in one word, as `NanoMeet.error` has it: ``refused``, ``token_expired``, …
    kind: str = "failed"


class CommandTimeoutError(CommandError, TimeoutError):
    """No confirmation arrived in time."""

    kind = "timeout"


class CommandRefusedError(CommandError):
    """The engine refuses the command, or the token's role does not allow it."""

    kind = "refused"


class NotJoinedError(CommandError):
    """The command needs a joined meeting; `kind` says in a word why it is not joined."""

    kind = "not_joined"


class NotAdmittedError(NotJoinedError):
    """A moderator did not admit you: ask the moderator, then join again."""

    kind = "refused"


class WrongRoomError(NotJoinedError):
    """The token opens another room, or that of another tenant: make one for this room."""

    kind = "wrong_room"


class RoomFullError(NotJoinedError):
    """The room is full: join again when another participant has left."""

    kind = "room_full"


class LoginRequiredError(NotJoinedError):
    """The server requires a login before it opens the room: join with a moderator's token."""

    kind = "login_required"


class ReadingEndedError(CommandError):
    """Pictures or sound cannot be read any more; `kind` says in a word why.

    ``taken_back`` by the participant, ``left`` if they or you left, ``audience`` if they left the stage,
    ``stopped``, or ``failed``.
    """

    kind = "failed"


def failed(kind: str, message: str) -> CommandError:
    """Return the error of a command that failed, by its kind.

    Parameters
    ----------
    kind
        As the engine, the page or the server has it.
    message
        What is wrong, and what to do.
    """
    # Those of a reading: it was not begun, and the rest of the word says why.
    reading = kind.startswith("reading_")
    refused = reading or kind in {"refused", "not_moderator", "forbidden", "unsupported"}
    known = CommandRefusedError if refused else CommandError
    found = (CommandTimeoutError if kind == CommandTimeoutError.kind else known)(message)
    found.kind = kind
    return found


def not_joined(kind: str, message: str) -> NotJoinedError:
    """Return the error of a meeting that is not joined, by its kind.

    Parameters
    ----------
    kind
        As `NanoMeet.error` has it.
    message
        What is wrong, and what to do.
    """
    known = (NotAdmittedError, WrongRoomError, RoomFullError, LoginRequiredError)
    found = next((error for error in known if error.kind == kind), NotJoinedError)(message)
    found.kind = kind
    return found


class NoFrontEndError(CommandError):
    """No notebook page shows this meeting, so none can carry the command out."""

    kind = "no_front_end"


class CannotAwaitError(CommandError):
    """The command was sent, but its reply cannot arrive while this cell is running."""

    kind = "cannot_await"


class IllegalStepError(NanoMeetError, RuntimeError):
    """A state machine was asked for a step that it does not have.

    Parameters
    ----------
    source : str
        The state that it was in.
    target : str
        The state that it was asked for.
    """

    def __init__(self, source: str, target: str) -> None:
        super().__init__(f"there is no step from {source!r} to {target!r}")
        self.source = source
        self.target = target
