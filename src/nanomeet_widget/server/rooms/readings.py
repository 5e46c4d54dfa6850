"""Readings: programs that get the picture or sound of a participant who has agreed, or the stage.

The server alone decides. It asks the participant who is to be read, in their own page; it gives the
watch ticket to the reader only; and when a reading ends, for whatever reason, it ends the stream, which
makes the tickets void.
"""

from __future__ import annotations

import functools

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.broadcast.broadcast import Broadcast
from nanomeet_widget.server.broadcast.broadcasts import BroadcastRefusedError, Broadcasts
from nanomeet_widget.server.broadcast.wording import READING
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms.audience_feed import AudienceFeed
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.reading import Reading
from nanomeet_widget.server.rooms.reading_limits import ReadingLimits
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.timers import Alarm, Timers

_REPLACED = "Another reading of yours, of the same media, has replaced this one."


class Readings(RoomListener):
    """The readings of one room.

    Parameters
    ----------
    room : Room
        The room.
    feed : AudienceFeed
        What shows the stage to its audience, and to programs that read it.
    broadcasts : Broadcasts
        All streams of the server.
    config : ServerConfig
        Limits and patience.
    timers : Timers
        The event loop.
    """

    def __init__(
        self,
        room: Room,
        *,
        feed: AudienceFeed,
        broadcasts: Broadcasts,
        config: ServerConfig,
        timers: Timers,
    ) -> None:
        self._room = room
        self._feed = feed
        self._broadcasts = broadcasts
        self._config = config
        self._timers = timers
        self._limits = ReadingLimits(
            config.limits, ask_again=config.patience.ask_again, timers=timers
        )
        self._readings: dict[str, Reading] = {}

    def announced(self) -> list[meeting.Reading]:
        """Return the readings that everyone is told of: those that go on, but of one's own media."""
        return [one.describe() for one in self._readings.values() if one.granted and not one.own]

    # --- the reader's requests -----------------------------------------------------------------

    def read(self, who: Participant, message: meeting.ReadMedia) -> None:
        """Ask the participant who is to be read, or begin at once if no one has to be asked.

        Parameters
        ----------
        who : Participant
            The participant whose program wants to read.
        message : ReadMedia
            The request.
        """
        of = None if message.of is None else self._room.present(message.of)
        wanted = Reading(reader=who, of=of, request=message, patience=Alarm(self._timers))
        objection = self._objection(wanted)
        if objection is not None:
            refuse(who, message, *objection)
            return
        last = next((one for one in self._readings.values() if one.repeats(wanted)), None)
        if last is not None and last.pending:
            # The question stays; its answer is for the newest request.
            refuse(who, last.request, "conflict", "Another request of yours has replaced this one.")
            last.request = message
            return
        others = [one for one in self._readings.values() if one is not last]
        too_many = self._limits.objection(wanted, others)
        if too_many is None and of is not None and not wanted.own and last is None:
            too_many = self._limits.may_ask(who, of)
        if too_many is not None:
            refuse(who, message, "too_many", too_many)
            return
        self._readings[wanted.id] = wanted
        if last is not None:
            # A yes is for this reader and these media, until one of the two takes it back.
            self._begin(wanted)
            self._end(last, "stopped", _REPLACED)
        elif of is None or wanted.own:
            self._begin(wanted)
        else:
            self._ask(wanted, of)

    def _objection(self, wanted: Reading) -> tuple[str, str] | None:
        of = wanted.of
        if wanted.request.of is None:
            if not wanted.reader.moderator:
                return "forbidden", "Only a moderator's program may read the stage."
        elif of is None:
            return "not_found", "This participant is not in the room."
        elif not of.stage:
            if wanted.own:
                return (
                    "audience",
                    "You are in the audience and send nothing. Enter the stage first.",
                )
            return (
                "audience",
                f"{of.name} is in the audience, and sends nothing that could be read.",
            )
        return None

    def stop(self, who: Participant, message: meeting.StopReading) -> None:
        """End a reading, as its reader or as the participant who is read.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : StopReading
            The request.
        """
        reading = self._readings.get(message.id)
        if reading is None or who not in {reading.reader, reading.of}:
            refuse(who, message, "not_found", "There is no such reading of yours any more.")
            return
        if who is reading.reader:
            self._end(reading, "stopped", "You have stopped it.")
        else:
            self._take_back(reading, who)
        acknowledge(who, message)

    # --- the question --------------------------------------------------------------------------

    def _ask(self, reading: Reading, of: Participant) -> None:
        reading.patience.set(
            self._config.patience.question, functools.partial(self._lapse, reading, of)
        )
        self._put(reading, of)

    def _put(self, reading: Reading, of: Participant) -> None:
        of.send(meeting.ReadingAsked(reading=reading.describe(), name=reading.reader.name))

    def _lapse(self, reading: Reading, of: Participant) -> None:
        patience = self._config.patience.question
        self._limits.note_no(reading.reader, of)
        self._end(reading, "failed", f"{of.name} did not answer within {patience:.0f} seconds.")

    def answer(self, who: Participant, message: meeting.AnswerReading) -> None:
        """Begin or end a reading as the participant who is read has answered.

        Parameters
        ----------
        who : Participant
            The participant who answers; all others are refused.
        message : AnswerReading
            The answer.
        """
        reading = self._readings.get(message.id)
        if reading is None or reading.of is not who:
            refuse(who, message, "not_found", "This question is no longer open.")
            return
        if message.unable:
            name = "Your page" if reading.own else f"{who.name}'s page"
            why = "its browser lacks what that takes. Chrome, Edge and other Chromium-based browsers have it."
            self._end(reading, "failed", f"{name} cannot send it: {why}")
        elif not message.allowed:
            self._take_back(reading, who)
        elif reading.granted:
            refuse(who, message, "conflict", "You have agreed to this already.")
            return
        else:
            self._begin(reading)
        acknowledge(who, message)

    def _take_back(self, reading: Reading, who: Participant) -> None:
        if not reading.own:
            self._limits.note_no(reading.reader, who)
        did = "did not agree" if reading.pending else "has taken it back"
        self._end(reading, "taken_back", f"{who.name} {did}.")

    # --- a reading that goes on ----------------------------------------------------------------

    def _begin(self, reading: Reading) -> None:
        reading.patience.cancel()
        if reading.of is not None and not self._begin_stream(reading, reading.of):
            return
        reading.granted = True
        if not reading.own:
            self._announce("reading_began", reading)
        if reading.of is None:
            self._await_stage(reading)
            self._feed.add_reader(
                reading.id,
                on_moved=functools.partial(self._moved, reading),
                on_viewer=functools.partial(self._watches, reading),
            )

    def _begin_stream(self, reading: Reading, of: Participant) -> bool:
        sound = reading.request.media == "audio"
        try:
            reading.broadcast, reading.stream = self._broadcasts.start_ticketed(
                title=of.name,
                on_change=functools.partial(self._changed, reading),
                on_lost=lambda for_good: for_good and of.presence is Presence.DROPPED,
                options=common.BroadcastOptions(quality="audio") if sound else None,
                bounds=reading.bounds(self._config.limits.reading_rate),
                wording=READING,
            )
        except BroadcastRefusedError as error:
            self._end(reading, "failed", str(error))
            return False
        self._grant(reading, of)
        return True

    def _grant(self, reading: Reading, of: Participant) -> None:
        if reading.broadcast is not None:
            of.send(
                meeting.ReadingGranted(
                    id=reading.id,
                    stream=reading.broadcast.streamname,
                    ticket=reading.broadcast.ingest_ticket,
                    media=reading.request.media,
                    lines=reading.request.lines,
                    fps=reading.request.fps,
                    own=reading.own,
                )
            )

    def _changed(self, reading: Reading, broadcast: Broadcast) -> None:
        if reading.id not in self._readings:
            return
        if broadcast.state is BroadcastStatus.LIVE and reading.stream is not None:
            if not reading.opened:
                ticket = reading.stream.issue(reading.id, functools.partial(self._watches, reading))
                self._open(reading, reading.stream.name, ticket)
        elif broadcast.state in {BroadcastStatus.OFF, BroadcastStatus.FAILED}:
            trouble = broadcast.describe().trouble
            self._end(reading, "failed", READING.stopped if trouble is None else trouble.message)

    def _open(self, reading: Reading, stream: str, ticket: str) -> None:
        reading.opened = True
        reading.reader.send(
            meeting.ReadingOpened(
                ref=reading.request.ref, id=reading.id, stream=stream, ticket=ticket
            )
        )
        self._await_program(reading)

    def _moved(self, reading: Reading, feed: meeting.StageFeed) -> None:
        shown = reading.feed is not None and reading.feed.stream is not None
        reading.feed = feed
        if feed.stream is None or feed.ticket is None:
            if not (reading.opened or feed.possible):
                self._end(reading, "failed", "No page on the stage can send it to your program.")
            elif shown:
                self._tell_moved(reading)
                self._await_stage(reading)
        elif reading.opened:
            self._tell_moved(reading)
            self._await_program(reading)
        else:
            self._open(reading, feed.stream, feed.ticket)

    def _tell_moved(self, reading: Reading) -> None:
        if reading.feed is not None:
            reading.reader.send(
                meeting.ReadingMoved(
                    id=reading.id, stream=reading.feed.stream, ticket=reading.feed.ticket
                )
            )

    def _await_stage(self, reading: Reading) -> None:
        self._fail_after(
            reading, self._config.patience.successor, "No page on the stage has sent it for"
        )

    def _watches(self, reading: Reading, watches: bool) -> None:  # noqa: FBT001 - as the stream calls it
        if watches:
            reading.patience.cancel()
        else:
            self._await_program(reading)

    def _await_program(self, reading: Reading) -> None:
        self._fail_after(reading, self._config.patience.reader, "Your program has not read it for")

    def _fail_after(self, reading: Reading, patience: float, words: str) -> None:
        message = f"{words} {patience:.0f} seconds."
        reading.patience.set(patience, functools.partial(self._end, reading, "failed", message))

    # --- the end -------------------------------------------------------------------------------

    def _end(self, reading: Reading, kind: meeting.ReadingEnding, message: str) -> None:
        if self._readings.pop(reading.id, None) is None:
            return
        reading.patience.cancel()
        if reading.opened:
            reading.reader.send(meeting.ReadingEnded(id=reading.id, kind=kind, message=message))
        else:
            refuse(reading.reader, reading.request, f"reading_{kind}", message)
        if reading.pending:
            if reading.of is not None:
                reading.of.send(meeting.ReadingQuestionEnded(id=reading.id))
            return
        if reading.broadcast is not None:
            reading.broadcast.stop(reason=READING.stopped)
        if reading.of is None:
            self._feed.remove_reader(reading.id)
        if not reading.own:
            self._announce("reading_ended", reading)

    def _announce(self, event: str, reading: Reading) -> None:
        self._room.tell(self._room.participants, meeting.ReadingsChanged(readings=self.announced()))
        self._room.note(
            event,
            reading.reader,
            reading=reading.id,
            of=None if reading.of is None else reading.of.id,
            media=reading.request.media,
        )

    # --- what happens in the room --------------------------------------------------------------

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._review(participant)
        for reading in tuple(self._readings.values()):
            if reading.of is participant:
                if reading.pending:
                    self._put(reading, participant)
                    continue
                if reading.broadcast is not None and reading.broadcast.interrupted:
                    reading.broadcast.expect()
                self._grant(reading, participant)
            elif reading.reader is participant and reading.opened:
                self._tell_moved(reading)

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._review(participant)

    def _review(self, participant: Participant) -> None:
        """End what a participant may no longer read, and what they no longer send."""
        for reading in tuple(self._readings.values()):
            if reading.of is participant and not participant.stage:
                name = "You are" if reading.own else f"{participant.name} is"
                self._end(reading, "audience", f"{name} in the audience now.")
            elif reading.of is None and reading.reader is participant and not participant.moderator:
                self._end(reading, "taken_back", "You are no longer a moderator.")

    def awaits(self, participant: Participant) -> bool:
        """Return whether this participant's program reads.

        Parameters
        ----------
        participant : Participant
            The participant, whose page was unloaded.
        """
        return any(
            reading.reader is participant and reading.opened for reading in self._readings.values()
        )

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        for reading in tuple(self._readings.values()):
            if reading.of is participant:
                self._end(reading, "left", f"{participant.name} has left the meeting.")
            elif reading.reader is participant:
                if reading.pending and reading.of is not None:
                    # Coming back is no way to ask at once again.
                    self._limits.note_no(participant, reading.of)
                self._end(reading, "left", "You have left the meeting.")
