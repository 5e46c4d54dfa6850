"""The commands of a meeting: the methods of the Web API, in Python's spelling.

Each returns a `Command`: await it or not, it takes effect either way. It settles when the engine has
confirmed it, or fails with a `CommandError` in bounded time. A command that is given before the meeting is
joined is carried out afterwards (`js/src/widget/command-queue.ts`). To add one, add a method here and,
unless the engine API has it, a line in `js/src/widget/commands.ts`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from nanomeet_widget import _page_protocol, _payloads, _texts
from nanomeet_widget._command import Command
from nanomeet_widget._errors import CommandError, InvalidInputError, failed
from nanomeet_widget._models import CODECS, QUALITIES, Codec, Playout, Quality
from nanomeet_widget._validation import check_flag

T = TypeVar("T")

#: Seconds after which a command without a reply fails, from when it could be carried out. The page's own
#: limits are shorter, and say more precisely what was missing; these are for a page that is gone. Some
#: commands ask the engine two or three times, for 20 s and 10 s at most.
CONFIRM = 45.0
BROADCAST = 75.0
LEAVE = 15.0

#: As the server accepts them.
_PUSH = re.compile(r"rtmps?://[!-~]{3,1000}")
#: Only an engine accepts an empty one.
_SUBJECT = _texts.Length(least=1, most=_texts.SUBJECT.most)
_DEVICE = _texts.Length(least=1, most=1024)

Media = Literal["audio", "video"]
#: What a program may put behind a person: pictures, the person chooses in the room.
Background = Literal["none", "slight-blur", "blur"]
_BACKGROUNDS: tuple[Background, ...] = ("none", "slight-blur", "blur")
Facing = Literal["user", "environment"]
FACINGS: tuple[Facing, ...] = ("user", "environment")

#: Bytes of a picture, as the page takes it.
_MOST_PICTURE = 4 * 1024 * 1024
#: How the files of pictures begin.
_PICTURES = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "gif": re.compile(rb"GIF8[79]a"),
}
_PICTURE_ADDRESS = re.compile(r"https?://[!-~]{1,2000}")


@dataclass(frozen=True, kw_only=True)
class Device:
    """A camera, microphone or speaker of the browser.

    Attributes
    ----------
    id : str
        What `set_audio_device` and `set_video_device` take.
    group_id : str
        The same for the devices of one piece of hardware.
    kind : str
        ``audioinput``, ``audiooutput`` or ``videoinput``.
    label : str
        Its name; empty until the page may use devices.
    """

    id: str
    group_id: str
    kind: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Devices:
    """The browser's devices, by what they are for.

    Attributes
    ----------
    audio_input : tuple of Device
        Microphones.
    audio_output : tuple of Device
        Speakers.
    video_input : tuple of Device
        Cameras.
    """

    audio_input: tuple[Device, ...] = ()
    audio_output: tuple[Device, ...] = ()
    video_input: tuple[Device, ...] = ()


class Commands:
    """The commands of a meeting."""

    def _command(
        self,
        name: str,
        parse: Callable[[Any], T],
        method: str,
        *args: object,
        timeout: float = CONFIRM,
        moderator: bool = False,
    ) -> Command[T]:
        """Call a method of the Web API in the page; `name` is what it is called here."""
        raise NotImplementedError

    def _other_engine(self) -> str | None:
        """Return the name of an engine other than the embedded server; None if it is that."""
        raise NotImplementedError

    def _why_other_engine(self, name: str) -> CommandError | None:
        """Return the error of a call that only the embedded server has; None if the meeting is there."""
        other = self._other_engine()
        if other is None:
            return None
        return failed(
            "unsupported",
            f"{name}: this call works on the embedded server only, and this meeting is on {other}: use "
            "what its own page has, or create the room on the embedded server",
        )

    def _execute(
        self, name: str, command: str, *args: object, moderator: bool = False
    ) -> Command[None]:
        """Carry out a command of the engine API, by its name there."""
        return self._command(name, _nothing, "executeCommand", command, *args, moderator=moderator)

    def start_broadcast(
        self,
        is_vod: bool = False,  # noqa: FBT001, FBT002 - the Web API's startBroadcast(isVOD)
        *,
        private: bool = False,
        to: str | Sequence[str] = (),
        quality: Quality = "360p",
        codec: Codec | None = None,
        paused: bool = False,
    ) -> Command[Playout]:
        """Broadcast the meeting. Moderators only.

        Parameters
        ----------
        is_vod : bool, default False
            Whether it is recorded, too.
        private : bool, default False
            Whether viewers need the playout's link. By default the stream's name is enough. Embedded
            server only.
        to : str or sequence of str, default ()
            Up to four RTMP addresses to push it to as well: ``rtmp://host/application/key`` or
            ``rtmps://``. The keys are secrets. Embedded server only.
        quality : {"360p", "540p", "720p", "1080p", "audio"}, default "360p"
            The height of the picture in lines, at 30 pictures a second, or ``"audio"`` for sound alone.
            A larger picture arrives later and needs a faster machine; `broadcast_stats` says what is
            sent. Embedded server only, as are the next two.
        codec : {"h264", "vp9", "av1"}, optional
            None takes H.264, which every viewer can play, or VP9 where this browser has no H.264. The
            command fails if this browser cannot encode it.
        paused : bool, default False
            Whether viewers first see a card that the broadcast starts soon; `resume_broadcast` shows
            the stage.

        Returns
        -------
        Command[Playout]
            Gives the `Playout` once the broadcast is live. It fails if it is not live within 75 s.

        Raises
        ------
        InvalidInputError
            If `to` is not such an address, `quality` or `codec` is unknown, a flag is not a bool, or a
            codec other than H.264 is to be pushed: RTMP does not carry it.
        """
        check_flag("is_vod", is_vod)
        _one_of("quality", quality, QUALITIES)
        targets = check_broadcast(private=private, to=to, codec=codec, paused=paused)
        asked = {"private": private, "to": targets, "codec": codec, "paused": paused}
        wishes: dict[str, object] = {name: value for name, value in asked.items() if value}
        if quality != "360p":
            wishes["quality"] = quality
        options = (wishes,) if wishes else ()
        return self._command(
            "start_broadcast",
            _playout_of,
            "startBroadcast",
            is_vod,
            *options,
            timeout=BROADCAST,
            moderator=True,
        )

    def pause_broadcast(self) -> Command[None]:
        """Show viewers a card instead of the stage, without sound. Moderators only.

        Returns
        -------
        Command[None]
            Settles once the page that sends the broadcast shows the card; see `broadcast_shows`.
        """
        return self._pause("pause_broadcast", paused=True)

    def resume_broadcast(self) -> Command[None]:
        """Show viewers the stage, again or for the first time. Moderators only.

        Returns
        -------
        Command[None]
            Settles once the page that sends the broadcast shows it.
        """
        return self._pause("resume_broadcast", paused=False)

    def _pause(self, name: str, *, paused: bool) -> Command[None]:
        return self._execute(name, "nanomeetPauseBroadcast", paused, moderator=True)

    def stop_broadcast(self) -> Command[None]:
        """End the broadcast. Moderators only.

        Returns
        -------
        Command[None]
            Settles once it has ended; its recording is complete then.
        """
        return self._command(
            "stop_broadcast", _nothing, "stopBroadcast", timeout=BROADCAST, moderator=True
        )

    def set_subject(self, subject: str) -> Command[str]:
        """Set the room's subject. Moderators only.

        Parameters
        ----------
        subject : str
            1 to 200 characters.

        Returns
        -------
        Command[str]
            Gives the subject that the room has now.

        Raises
        ------
        InvalidInputError
            If `subject` is not text of that length.
        """
        text = _texts.check("subject", subject, _SUBJECT)
        return self._command(
            "set_subject",
            lambda data: str(data["subject"]),
            "setNanoMeetSubject",
            text,
            moderator=True,
        )

    def set_lobby(self, active: bool) -> Command[bool]:  # noqa: FBT001 - the Web API's setLobby(active)
        """Turn the lobby on or off: newcomers wait there for a moderator. Moderators only.

        Parameters
        ----------
        active : bool
            Whether newcomers wait.

        Returns
        -------
        Command[bool]
            Gives whether the lobby is on.

        Raises
        ------
        InvalidInputError
            If `active` is not a bool.
        """
        check_flag("active", active)
        return self._command(
            "set_lobby", lambda data: bool(data["lobby"]), "setLobby", active, moderator=True
        )

    def set_password(self, password: str) -> Command[None]:
        """Require a password of newcomers, or stop that. Moderators only.

        Parameters
        ----------
        password : str
            At most 128 characters. Empty for no password; that turns the lobby off, too, as in the
            Web API.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `password` is not text of that length.
        """
        text = _texts.check("password", password, _texts.PASSWORD)
        return self._command("set_password", _nothing, "setPassword", text, moderator=True)

    def admit(self, participant_id: str | None = None) -> Command[None]:
        """Let participants in from the lobby. Moderators only.

        Parameters
        ----------
        participant_id : str, optional
            An id of `lobby`; None lets everyone in.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters.
        """
        if participant_id is None:
            return self._execute("admit", "nanomeetAdmitAll", moderator=True)
        return self._execute(
            "admit", "answerKnockingParticipant", _id(participant_id), True, moderator=True
        )

    def reject(self, participant_id: str) -> Command[None]:
        """Refuse a participant who waits in the lobby. Moderators only.

        Parameters
        ----------
        participant_id : str
            An id of `lobby`: 1 to 64 characters.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters.
        """
        return self._execute(
            "reject", "answerKnockingParticipant", _id(participant_id), False, moderator=True
        )

    def mute_everyone(self, media: Media = "audio") -> Command[None]:
        """Switch off the microphones or cameras of all other participants. Moderators only.

        Parameters
        ----------
        media : {"audio", "video"}, default "audio"
            The microphone, or the camera.

        Returns
        -------
        Command[None]
            Settles once all of them have confirmed it.

        Raises
        ------
        InvalidInputError
            If `media` is neither of them.
        """
        return self._execute("mute_everyone", "muteEveryone", _media(media), moderator=True)

    def mute(self, participant_id: str, media: Media = "audio") -> Command[None]:
        """Switch off a participant's microphone or camera. Moderators only.

        Parameters
        ----------
        participant_id : str
            An id of `participants`: 1 to 64 characters.
        media : {"audio", "video"}, default "audio"
            The microphone, or the camera.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters, or `media` neither of them.
        """
        return self._execute(
            "mute", "muteRemoteParticipant", _id(participant_id), _media(media), moderator=True
        )

    def kick(
        self, participant_id: str, *, revoke_link: bool = False, address: bool = False
    ) -> Command[None]:
        """Remove a participant, who cannot come back while the meeting lasts. Moderators only.

        On the embedded server, a participant of a shared link is kept out with that browser, and the
        others keep the link. A link that only one person has used is kept out itself. So is a moderator's
        link, with the invites made with it and everyone who used those.

        Parameters
        ----------
        participant_id : str
            An id of `participants`: 1 to 64 characters.
        revoke_link : bool, default False
            Whether the participant's link is revoked, too: it opens no meeting any more, and everyone
            who used it leaves. Embedded server only, and only for moderators who were invited as such.
        address : bool, default False
            Whether their network address is kept out, too, except for moderators. Everyone behind the
            same router has that address: it may be a whole class. Embedded server only.

        Returns
        -------
        Command[None]
            Settles once the participant is out. With `revoke_link` or `address` it fails at once on
            another engine, with the kind ``"unsupported"``.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters, or a flag is not a bool.
        """
        who = _id(participant_id)
        check_flag("revoke_link", revoke_link)
        check_flag("address", address)
        asked = {"revoke": revoke_link, "address": address}
        options = {name: True for name, value in asked.items() if value}
        if not options:
            return self._execute("kick", "kickParticipant", who, moderator=True)
        return self._execute("kick", "nanomeetRemoveParticipant", who, options, moderator=True)

    def grant_moderator(self, participant_id: str) -> Command[None]:
        """Make a participant a moderator of this room. Moderators only.

        Parameters
        ----------
        participant_id : str
            An id of `participants`: 1 to 64 characters.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters.
        """
        return self._execute(
            "grant_moderator", "grantModerator", _id(participant_id), moderator=True
        )

    def end_meeting(self) -> Command[None]:
        """End the meeting for everyone. Moderators only.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.
        """
        return self._execute("end_meeting", "endConference", moderator=True)

    def pin_participant(self, participant_id: str | None = None) -> Command[None]:
        """Always show one participant large in this browser.

        Parameters
        ----------
        participant_id : str, optional
            An id of `participants`; None shows all in the same size again.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters.
        """
        args = () if participant_id is None else (_id(participant_id),)
        return self._command("pin_participant", _nothing, "pinParticipant", *args)

    def set_main_participant(self, participant_id: str) -> Command[None]:
        """Show one participant large: to everyone if you are a moderator, else in this browser.

        Parameters
        ----------
        participant_id : str
            An id of `participants`: 1 to 64 characters.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters.
        """
        return self._command(
            "set_main_participant", _nothing, "setMainParticipant", _id(participant_id)
        )

    def set_tile_view(self, enabled: bool) -> Command[None]:  # noqa: FBT001 - the engine's setTileView(enabled)
        """Show all participants in the same size in this browser, or one of them large.

        Parameters
        ----------
        enabled : bool
            True for tiles of the same size.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `enabled` is not a bool.
        """
        check_flag("enabled", enabled)
        return self._execute("set_tile_view", "setTileView", enabled)

    def toggle_audio(self, on: bool | None = None) -> Command[bool]:  # noqa: FBT001 - None toggles
        """Switch your microphone.

        Parameters
        ----------
        on : bool, optional
            True for on, False for off; None for the other way.

        Returns
        -------
        Command[bool]
            Gives whether it is on.

        Raises
        ------
        InvalidInputError
            If `on` is neither a bool nor None.
        """
        return self._toggle("toggle_audio", "microphone", on)

    def toggle_video(self, on: bool | None = None) -> Command[bool]:  # noqa: FBT001 - None toggles
        """Switch your camera.

        Parameters
        ----------
        on : bool, optional
            True for on, False for off; None for the other way.

        Returns
        -------
        Command[bool]
            Gives whether it is on.

        Raises
        ------
        InvalidInputError
            If `on` is neither a bool nor None.
        """
        return self._toggle("toggle_video", "camera", on)

    def share_screen(self, on: bool | None = True) -> Command[bool]:  # noqa: FBT001, FBT002 - as the two above
        """Share your screen, or stop sharing it.

        Browsers open their chooser only right after a click or a key press in the meeting itself; without
        one the command fails and says so.

        Parameters
        ----------
        on : bool or None, default True
            True to share it, False to stop; None for the other way.

        Returns
        -------
        Command[bool]
            Gives whether it is shared.

        Raises
        ------
        InvalidInputError
            If `on` is neither a bool nor None.
        """
        return self._toggle("share_screen", "screen", on)

    def raise_hand(self, raised: bool | None = True) -> Command[bool]:  # noqa: FBT001, FBT002 - as the two above
        """Raise your hand, or lower it.

        Parameters
        ----------
        raised : bool or None, default True
            True to raise it, False to lower it; None for the other way.

        Returns
        -------
        Command[bool]
            Gives whether it is raised.

        Raises
        ------
        InvalidInputError
            If `raised` is neither a bool nor None.
        """
        return self._toggle("raise_hand", "hand", raised)

    def send_chat(self, text: str, to: str | None = None) -> Command[None]:
        """Write a chat message.

        Parameters
        ----------
        text : str
            1 to 2000 characters.
        to : str, optional
            An id of `participants` for a private message; None writes to everyone.

        Returns
        -------
        Command[None]
            Settles once the server has taken it.

        Raises
        ------
        InvalidInputError
            If `text` or `to` is not text of the allowed length.
        """
        words = _texts.check("text", text, _texts.MESSAGE)
        args = (words,) if to is None else (words, _id(to))
        return self._execute("send_chat", "sendChatMessage", *args)

    def send_endpoint_text_message(self, participant_id: str | None, text: str) -> Command[None]:
        """Send text to the program of another participant; the meeting does not display it.

        It arrives there as the event `endpoint_text_message_received`, in Python and in the page that
        embeds the meeting. On the embedded server, only participants on the stage send and receive it.

        Parameters
        ----------
        participant_id : str or None
            An id of `participants`; None for all others on the stage.
        text : str
            1 to 2000 characters, for example JSON. It is passed on unchanged, and not stored.

        Returns
        -------
        Command[None]
            Settles once the server has passed it on.

        Raises
        ------
        InvalidInputError
            If `participant_id` is not text of 1 to 64 characters, or `text` not of 1 to 2000.
        """
        to = "" if participant_id is None else _id(participant_id)
        words = _texts.check("text", text, _texts.MESSAGE)
        return self._execute("send_endpoint_text_message", "sendEndpointTextMessage", to, words)

    def set_avatar(self, picture: bytes | str | None) -> Command[None]:
        """Show all participants your picture in place of your initials.

        The page redraws it as a small square, which also removes where a photo was taken, and sends those
        bytes: no other participant's browser loads anything from an address.

        Parameters
        ----------
        picture : bytes or str or None
            The bytes of a PNG, JPEG, WebP or GIF file, 4 MiB at most; or an address that this page loads
            them from, ``https://`` with ``Access-Control-Allow-Origin``. None shows the initials again.

        Returns
        -------
        Command[None]
            Settles once the others can see it.

        Raises
        ------
        InvalidInputError
            If `picture` is none of these.
        """
        return self._execute("set_avatar", "avatarUrl", _picture(picture))

    def set_noise_suppression(self, enabled: bool) -> Command[None]:  # noqa: FBT001 - as set_lobby
        """Suppress noise on your microphone, or stop suppressing it, where the browser can.

        The event `noise_suppression_changed` reports the state.

        Parameters
        ----------
        enabled : bool
            Whether to suppress noise.

        Returns
        -------
        Command[None]
            Settles once the microphone's track says so; fails if the browser cannot change it.

        Raises
        ------
        InvalidInputError
            If `enabled` is not a bool.
        """
        check_flag("enabled", enabled)
        options = {"enabled": enabled}
        return self._execute("set_noise_suppression", "setNoiseSuppressionEnabled", options)

    def toggle_camera(self, facing: Facing | None = None) -> Command[None]:
        """Switch to the other camera of a phone.

        Parameters
        ----------
        facing : {"user", "environment"}, optional
            The camera that faces you, or the one that faces away; None for the other one, or the next.

        Returns
        -------
        Command[None]
            Settles once that camera is open; fails if there is none, or while the camera is off.

        Raises
        ------
        InvalidInputError
            If `facing` is neither "user" nor "environment" nor None.
        """
        if facing is None:
            return self._execute("toggle_camera", "toggleCamera")
        _one_of("facing", facing, FACINGS)
        return self._execute("toggle_camera", "toggleCamera", facing)

    def set_participant_volume(self, participant_id: str, volume: float) -> Command[None]:
        """Set how loud a participant is in this browser, for this meeting.

        Parameters
        ----------
        participant_id : str
            An id of `participants`.
        volume : float
            From 0, silent, to 1, as loud as they are.

        Returns
        -------
        Command[None]
            Settles once it is so.

        Raises
        ------
        InvalidInputError
            If `volume` is not a number from 0 to 1, or `participant_id` not text of 1 to 64 characters.
        """
        if isinstance(volume, bool) or not isinstance(volume, (int, float)) or not 0 <= volume <= 1:
            raise InvalidInputError(f"volume must be from 0 to 1, not {_texts.quoted(volume)}")
        return self._execute(
            "set_participant_volume", "setParticipantVolume", _id(participant_id), float(volume)
        )

    def available_devices(self) -> Command[Devices]:
        """List the browser's cameras, microphones and speakers.

        Returns
        -------
        Command[Devices]
            Gives all of them.
        """
        return self._command("available_devices", _devices_of, "getAvailableDevices")

    def current_devices(self) -> Command[Devices]:
        """List the camera, microphone and speaker in use.

        Returns
        -------
        Command[Devices]
            Gives one of each kind at most.
        """
        return self._command("current_devices", _devices_of, "getCurrentDevices")

    def set_audio_device(
        self, device_id: str, *, kind: Literal["input", "output"] = "input"
    ) -> Command[None]:
        """Choose the microphone or speaker.

        Parameters
        ----------
        device_id : str
            An id of `available_devices`.
        kind : {"input", "output"}, default "input"
            The microphone, or the speaker.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `device_id` is not text of 1 to 1024 characters, or `kind` neither of them.
        """
        if kind not in ("input", "output"):
            raise InvalidInputError(f'kind must be "input" or "output", not {_texts.quoted(kind)}')
        text = _texts.check("device_id", device_id, _DEVICE)
        device = {"type": kind, "id": text}
        return self._command("set_audio_device", _nothing, "setAudioDevice", device)

    def set_video_device(self, device_id: str) -> Command[None]:
        """Choose the camera.

        Parameters
        ----------
        device_id : str
            An id of `available_devices`.

        Returns
        -------
        Command[None]
            Settles once the meeting has done it.

        Raises
        ------
        InvalidInputError
            If `device_id` is not text of 1 to 1024 characters.
        """
        text = _texts.check("device_id", device_id, _DEVICE)
        return self._command("set_video_device", _nothing, "setVideoDevice", text)

    def set_background(self, background: Background) -> Command[None]:
        """Blur the room behind you, or show it.

        While a blur is chosen, the page sends no picture of the room: if it cannot be blurred, the camera
        goes off and the command fails.

        Parameters
        ----------
        background : {"none", "slight-blur", "blur"}
            How much to blur it.

        Returns
        -------
        Command[None]
            Settled once others see it; with the camera off, once it is chosen.

        Raises
        ------
        InvalidInputError
            If `background` is something else.
        """
        _one_of("background", background, _BACKGROUNDS)
        return self._execute("set_background", "setBlurredBackground", background)

    def leave(self) -> Command[None]:
        """Leave the meeting and free the camera.

        Returns
        -------
        Command[None]
            Settles once that is done.
        """
        return self._command("leave", _nothing, "leave", timeout=LEAVE)

    def _toggle(self, name: str, what: str, on: object) -> Command[bool]:
        if on is not None:
            check_flag("on", on)
        args = (what,) if on is None else (what, on)
        return self._command(name, lambda data: bool(data["on"]), "toggle", *args)


def _one_of(name: str, value: object, known: Sequence[str]) -> None:
    # By `==` in turn: not every value has a hash.
    if value not in tuple(known):
        raise InvalidInputError(
            f"{name} must be one of {', '.join(known)}, not {_texts.quoted(value)}"
        )


def _id(value: object) -> str:
    return _texts.check("participant_id", value, _texts.ID)


def _media(value: object) -> str:
    # In a tuple: not every value has a hash.
    if value not in ("audio", "video"):
        raise InvalidInputError(f'media must be "audio" or "video", not {_texts.quoted(value)}')
    return str(value)


def _picture(picture: object) -> str:
    """Return the address of a picture: its bytes, or where they are."""
    if picture is None:
        return ""
    if isinstance(picture, str) and _PICTURE_ADDRESS.fullmatch(picture):
        return picture
    kind = None
    if isinstance(picture, bytes) and len(picture) <= _MOST_PICTURE:
        kind = next((name for name, begin in _PICTURES.items() if begin.match(picture)), None)
    if kind is None or not isinstance(picture, bytes):
        raise InvalidInputError(
            "picture must be the bytes of a PNG, JPEG, WebP or GIF file of at most 4 MiB, or its "
            f"address, https://…, not {_texts.quoted(picture)}"
        )
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _nothing(_: object) -> None:
    return None


def _playout_of(data: dict[str, Any]) -> Playout:
    told = {"vod": None, **data["playout"]}
    return _payloads.playout_of(msgspec.convert(told, _page_protocol.Playout))


def check_broadcast(
    *, private: bool, to: str | Sequence[str], codec: Codec | None, paused: bool
) -> list[str]:
    """Return the addresses that a broadcast is pushed to, after a check of how it is to be.

    Parameters
    ----------
    private, to, codec, paused
        As `Commands.start_broadcast` has them.

    Raises
    ------
    InvalidInputError
        If one of them breaks its rule.
    """
    check_flag("private", private)
    check_flag("paused", paused)
    if codec is not None:
        _one_of("codec", codec, CODECS)
    targets = _push_addresses(to)
    if targets and codec is not None and codec != "h264":
        raise InvalidInputError(f'codec: RTMP takes only "h264", not {_texts.quoted(codec)}')
    return targets


def _push_addresses(to: str | Sequence[str]) -> list[str]:
    if not isinstance(to, (str, Sequence)):
        raise InvalidInputError(f"to must be an address or a list of them, not {type(to).__name__}")
    addresses = [to] if isinstance(to, str) else list(to)
    for address in addresses:
        if not isinstance(address, str) or not _PUSH.fullmatch(address):
            raise InvalidInputError("to: an address is written rtmp://host/application/key")
    if len(addresses) > _texts.PUSHES:
        raise InvalidInputError(
            f"to: there are {len(addresses)} addresses, and at most {_texts.PUSHES}"
        )
    return [str(address) for address in addresses]


def _devices_of(value: dict[str, Any]) -> Devices:
    def listed(name: str) -> tuple[Device, ...]:
        # The engine gives a list of all devices, but a single one in use.
        found = value.get(name) or []
        return tuple(
            Device(
                id=str(device.get("deviceId") or ""),
                group_id=str(device.get("groupId") or ""),
                kind=str(device.get("kind") or ""),
                label=str(device.get("label") or ""),
            )
            for device in (found if isinstance(found, list) else [found])
        )

    return Devices(
        audio_input=listed("audioInput"),
        audio_output=listed("audioOutput"),
        video_input=listed("videoInput"),
    )
