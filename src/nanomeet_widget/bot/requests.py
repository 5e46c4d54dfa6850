"""What a bot asks of the server for each command, by the command's name in the Web API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from nanomeet_widget import _texts
from nanomeet_widget._errors import failed
from nanomeet_widget.server.protocol import classroom, common, meeting

_AVATAR = ("data:image/png;", "data:image/webp;")


def requests_for(method: str, args: Sequence[Any]) -> list[common.Request]:
    """Return the requests that carry a command out, one after the other.

    Parameters
    ----------
    method, args
        A method of the Web API and its arguments, as `Commands` calls it.

    Returns
    -------
    list of Request
        Empty if there is nothing to do.

    Raises
    ------
    CommandRefusedError
        If that takes a browser.
    """
    name, given = (str(args[0]), args[1:]) if method == "executeCommand" else (method, args)
    make = _REQUESTS.get(name)
    if make is None:
        raise _needs_browser(_NEEDS.get(name, "a page to show it in"))
    return make(*given)


def _toggle(what: str, on: bool | None = None) -> list[common.Request]:  # noqa: FBT001 - as the Web API has it
    if what == "hand":
        return [meeting.RaiseHand(raised=on is not False)]
    if on is False:
        return []  # it never is on
    raise _needs_browser({"microphone": "a microphone", "camera": "a camera"}.get(what, "a screen"))


def _password(password: str) -> list[common.Request]:
    asked: list[common.Request] = [meeting.SetPassword(password=password)]
    return asked if password else [*asked, meeting.SetLobby(active=False)]


def _avatar(picture: str) -> list[common.Request]:
    if picture and not picture.startswith(_AVATAR):
        raise failed(
            "unsupported", "A bot sends a picture as it is: give the bytes of a PNG or WebP file."
        )
    if len(picture) > _texts.AVATAR.most:
        raise failed(
            "unsupported",
            f"A bot has no browser that makes a picture smaller: give one of at most "
            f"{_texts.AVATAR.most * 3 // 4 // 1024 - 1} KiB.",
        )
    return [meeting.SetAvatar(avatar=picture or None)]


def _remove(who: str, options: Mapping[str, bool] | None = None) -> list[common.Request]:
    wanted = options or {}
    revoke, address = wanted.get("revoke", False), wanted.get("address", False)
    return [meeting.Kick(id=who, revoke=revoke, address=address)]


def _read(
    media: meeting.MediaKind, of: str | None, lines: int = 360, fps: int = 10
) -> meeting.ReadMedia:
    if of == "me":
        raise _needs_browser("a camera" if media == "video" else "a microphone")
    # `Line` gives it its `ref`.
    return meeting.ReadMedia(ref=0, media=media, of=of, lines=lines, fps=fps)


_REQUESTS: dict[str, Callable[..., list[common.Request]]] = {
    "answerKnockingParticipant": lambda who, admitted: [meeting.Admit(id=who, admitted=admitted)],
    "avatarUrl": _avatar,
    "endConference": lambda: [meeting.EndMeeting()],
    "grantModerator": lambda who: [meeting.GrantModerator(id=who)],
    "kickParticipant": _remove,
    "muteEveryone": lambda media: [meeting.MuteEveryone(media=media)],
    "muteRemoteParticipant": lambda who, media: [meeting.Mute(id=who, media=media)],
    "nanomeetAddGroup": lambda given: [classroom.AddGroup(name=given["name"])],
    "nanomeetAdmitAll": lambda: [meeting.AdmitAll()],
    "nanomeetAnswerCheckIn": lambda given: [
        classroom.AnswerCheckIn(id=given["id"], done=given["done"])
    ],
    "nanomeetCallHand": lambda given: [classroom.CallHand(ref=0, id=given["id"])],
    "nanomeetEndCheckIn": lambda: [classroom.EndCheckIn()],
    "nanomeetAnnounceToGroups": lambda given: [classroom.AnnounceToGroups(text=given["text"])],
    "nanomeetAssignGroup": lambda given: [
        classroom.AssignGroup(id=given["id"], group=given["group"])
    ],
    "nanomeetCloseGroups": lambda: [classroom.CloseGroups()],
    "nanomeetEnterGroup": lambda given: [classroom.EnterGroup(group=given["group"])],
    "nanomeetOpenGroups": lambda given: [
        classroom.OpenGroups(
            groups=msgspec.convert(given["groups"], list[classroom.GroupPlan]),
            minutes=given["minutes"],
        )
    ],
    "nanomeetRemoveGroup": lambda given: [classroom.RemoveGroup(group=given["group"])],
    "nanomeetClosePoll": lambda given: [classroom.ClosePoll(**given)],
    # `Line` gives it its `ref`.
    "nanomeetOpenPoll": lambda given: [classroom.OpenPoll(ref=0, **given)],
    "nanomeetPauseBroadcast": lambda paused: [meeting.PauseBroadcast(paused=paused)],
    "nanomeetReadMedia": lambda wanted: [_read(**wanted)],
    "nanomeetReadVotes": lambda given: [classroom.ReadVotes(ref=0, **given)],
    "nanomeetRemoveParticipant": _remove,
    "nanomeetRenameGroup": lambda given: [
        classroom.RenameGroup(group=given["group"], name=given["name"])
    ],
    "nanomeetSetGroupsEnd": lambda given: [classroom.SetGroupsEnd(minutes=given["minutes"])],
    "nanomeetStartCheckIn": lambda given: [classroom.StartCheckIn(question=given["question"])],
    "nanomeetStopReading": lambda reading: [meeting.StopReading(id=reading["id"])],
    "nanomeetVote": lambda given: [classroom.Vote(**given)],
    "sendChatMessage": lambda text, to=None: [meeting.SendChat(text=text, to=to)],
    "sendEndpointTextMessage": lambda to, text: [
        meeting.SendEndpointText(text=text, to=to or None)
    ],
    "setLobby": lambda active: [meeting.SetLobby(active=active)],
    "setMainParticipant": lambda who: [meeting.SetMain(id=who)],
    "setNanoMeetSubject": lambda subject: [meeting.SetSubject(subject=subject)],
    "setPassword": _password,
    "stopBroadcast": lambda: [meeting.StopBroadcast()],
    "toggle": _toggle,
}

#: What the other commands need.
_NEEDS = {
    "getAvailableDevices": "devices",
    "getCurrentDevices": "devices",
    "setAudioDevice": "devices",
    "setBlurredBackground": "a camera",
    "setNoiseSuppressionEnabled": "a microphone",
    "setParticipantVolume": "speakers",
    "setVideoDevice": "devices",
    "startBroadcast": "a page on the stage that composes the broadcast",
    "toggleCamera": "a camera",
}


def _needs_browser(what: str) -> Exception:
    return failed("unsupported", f"A bot has no browser, and this needs {what}: use NanoMeet.")
