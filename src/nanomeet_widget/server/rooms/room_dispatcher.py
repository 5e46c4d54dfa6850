"""A room with its parts, and the dispatch of each message to the part that handles it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from nanomeet_widget.server.broadcast.broadcasts import Broadcasts
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import classroom, common, meeting
from nanomeet_widget.server.rooms.audience_feed import AudienceFeed
from nanomeet_widget.server.rooms.avatars import Avatars
from nanomeet_widget.server.rooms.budgets import Budgets
from nanomeet_widget.server.rooms.chapter_titles import ChapterTitles
from nanomeet_widget.server.rooms.chat import Chat
from nanomeet_widget.server.rooms.classroom.check_in import CheckIn
from nanomeet_widget.server.rooms.classroom.group_recorder import GroupRecorder
from nanomeet_widget.server.rooms.classroom.group_room import GroupRoom
from nanomeet_widget.server.rooms.classroom.groups import GroupRooms, Groups
from nanomeet_widget.server.rooms.classroom.polls import Polls
from nanomeet_widget.server.rooms.classroom.recorder import Recorder
from nanomeet_widget.server.rooms.classroom.records import RoomRecorder
from nanomeet_widget.server.rooms.classroom.roster import Roster
from nanomeet_widget.server.rooms.cleaning import clean_name
from nanomeet_widget.server.rooms.endpoint_texts import EndpointTexts
from nanomeet_widget.server.rooms.hands import Hands
from nanomeet_widget.server.rooms.invites import Invites
from nanomeet_widget.server.rooms.link_news import LinkNews
from nanomeet_widget.server.rooms.moderation import Moderation
from nanomeet_widget.server.rooms.muting import Muting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.readings import Readings
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_broadcast import RoomBroadcast
from nanomeet_widget.server.rooms.room_parts import Elsewhere, RoomListener, RoomParts
from nanomeet_widget.server.rooms.sources import Sources
from nanomeet_widget.server.rooms.stage import Stage
from nanomeet_widget.server.rooms.viewer_count import ViewerCount
from nanomeet_widget.server.store.room_settings import Settings
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.tokens.issuer import Issuer


class RoomDispatcher:
    """A room with its parts: chat, hands, stage, moderation, broadcast, sources, readings, polls, groups, records.

    Parameters
    ----------
    name : str
        The room's name.
    config : ServerConfig
        Limits and patience.
    store : Store
        Where the chat is kept.
    timers : Timers
        The event loop.
    broadcasts : Broadcasts
        The server's broadcasts.
    issuer : Issuer
        Issues the invites.
    settings : Settings
        The room's settings.
    on_end : callable
        Called once, when the room ends.
    group_rooms : GroupRooms
        Opens the rooms of groups.
    main : RoomDispatcher, optional
        The main room of the meeting, if this is a group's room.
    group : str, optional
        The group's ID; empty for a main room.
    now : callable, optional
        Seconds since the epoch.
    """

    def __init__(
        self,
        name: str,
        *,
        config: ServerConfig,
        store: Store,
        timers: Timers,
        broadcasts: Broadcasts,
        issuer: Issuer,
        settings: Settings,
        on_end: Callable[[Room], None],
        group_rooms: GroupRooms,
        main: RoomDispatcher | None = None,
        group: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._store = store
        self._timers = timers
        self._broadcasts = broadcasts
        self._issuer = issuer
        self._group_rooms = group_rooms
        self._main = main
        self._group = group
        self._now = now
        self._budgets = Budgets(timers, self._handle)
        self.room = Room(
            name,
            config=config,
            store=store,
            timers=timers,
            on_end=on_end,
            settings=settings,
            parts=self._build,
            now=now,
        )

    def _build(self, room: Room) -> RoomParts:
        config, timers = self._config, self._timers
        recorder = self._record(room)
        viewers = ViewerCount(room, timers)
        self._broadcast = broadcast = RoomBroadcast(
            room, self._broadcasts, viewers, on_changed=self._broadcast_changed
        )
        self._feed = AudienceFeed(
            room,
            public=broadcast,
            broadcasts=self._broadcasts,
            timers=timers,
            patience=config.patience,
        )
        self.moderation = moderation = Moderation(room, issuer=self._issuer, on_end=broadcast.end)
        muting = Muting(room, timers=timers, patience=config.patience.mute)
        self._chat = chat = Chat(
            room,
            records=self._store.rooms,
            limits=config.limits,
            timers=timers,
            on_sent=recorder.chatted,
        )
        hands = Hands(room, limits=config.limits, timers=timers, recorder=recorder)
        texts = EndpointTexts(room, limits=config.limits, timers=timers)
        avatars = Avatars(room, limits=config.limits, timers=timers)
        stage = Stage(room)
        # People in groups are of the whole meeting's roster, and take part in its check-in.
        main = self._main
        self.roster: Roster = (
            Roster(room, tokens=self._store.tokens, timers=timers) if main is None else main.roster
        )
        check_in = CheckIn(room, timers=timers) if main is None else main.check_in
        self.check_in: CheckIn = check_in
        sources = Sources(room, broadcasts=self._broadcasts, config=config, timers=timers)
        readings = Readings(
            room, feed=self._feed, broadcasts=self._broadcasts, config=config, timers=timers
        )
        self.polls = polls = Polls(
            room,
            records=self._store.polls,
            issuer=self._issuer,
            timers=timers,
            on_closed=recorder.poll_closed,
            now=self._now,
        )
        # Callable[..., None]: each takes only the type of message that it is listed under.
        self._handlers: dict[type, Callable[..., None]] = {
            meeting.Signal: stage.signal,
            meeting.Want: stage.want,
            meeting.Media: stage.media,
            meeting.EnterStage: stage.enter,
            meeting.LeaveStage: stage.leave,
            meeting.InviteToStage: stage.invite,
            meeting.SendToAudience: stage.send_to_audience,
            meeting.OpenSource: sources.open,
            meeting.CloseSource: sources.close,
            meeting.ReadMedia: readings.read,
            meeting.AnswerReading: readings.answer,
            meeting.StopReading: readings.stop,
            classroom.OpenPoll: polls.open,
            classroom.Vote: polls.vote,
            classroom.ClosePoll: polls.close,
            classroom.ReadVotes: polls.read_votes,
            meeting.SendChat: chat.send,
            meeting.MessageLobby: chat.message_lobby,
            meeting.RaiseHand: hands.raise_hand,
            meeting.LowerHand: hands.lower_hand,
            classroom.CallHand: hands.call,
            meeting.React: hands.react,
            meeting.SendEndpointText: texts.send,
            meeting.SetAvatar: avatars.set,
            meeting.Rename: self._rename,
            meeting.SetSubject: self._set_subject,
            meeting.SetLobby: moderation.set_lobby,
            meeting.SetPassword: moderation.set_password,
            meeting.SetClosed: moderation.set_closed,
            meeting.SetMain: moderation.set_main,
            meeting.Admit: moderation.admit,
            meeting.AdmitAll: moderation.admit_all,
            meeting.Mute: muting.mute,
            meeting.MuteEveryone: muting.mute_everyone,
            meeting.AskToUnmute: moderation.ask_to_unmute,
            meeting.GrantModerator: moderation.grant_moderator,
            meeting.CreateInvite: Invites(self._issuer).create_invite,
            meeting.PlanRemoval: moderation.plan_removal,
            meeting.Kick: moderation.kick,
            meeting.EndMeeting: moderation.end_meeting,
            meeting.StartBroadcast: broadcast.start,
            meeting.StopBroadcast: broadcast.stop,
            meeting.PauseBroadcast: broadcast.pause,
            meeting.BroadcastShown: broadcast.shown,
            classroom.Speaking: recorder.speaking,
            classroom.StartCheckIn: check_in.start,
            classroom.AnswerCheckIn: check_in.answer,
            classroom.EndCheckIn: check_in.end,
        }
        elsewhere, groups = self._add_groups(room)
        return RoomParts(
            chat=chat,
            feed=self._feed,
            readings=readings,
            logged=recorder,
            elsewhere=elsewhere,
            listeners=(
                viewers,
                broadcast,
                ChapterTitles(broadcast.mark, lambda: broadcast.language),
                self._feed,
                sources,
                readings,
                LinkNews(room),
                self.roster,
                check_in,
                muting,
                avatars,
                stage,
                polls,
                groups,
                # The last: it ends the session once all others have said what they have to.
                recorder,
            ),
        )

    @property
    def streamname(self) -> str | None:
        """The name of the stream that the room broadcasts; None if it does not."""
        return self._broadcast.streamname

    def forget(self, people: Collection[str]) -> None:
        """Delete the chat messages of people who are forgotten, and their names from polls.

        Parameters
        ----------
        people : collection of str
            The participants' IDs.
        """
        self._chat.forget(people)
        self.polls.forget(people)

    def _record(self, room: Room) -> Recorder:
        """Return the part that keeps records: they are those of the meeting's main room."""
        if self._main is not None:
            self.recorder: RoomRecorder = self._main.recorder
            return GroupRecorder(room, self.recorder)
        self.recorder = RoomRecorder(
            room,
            records=self._store.sessions,
            config=self._config,
            timers=self._timers,
            now=self._now,
        )
        return self.recorder

    def _add_groups(self, room: Room) -> tuple[Elsewhere, RoomListener]:
        """Return the part for the meeting's groups: they belong to its main room."""
        main = self._main
        if main is None:
            self.groups = Groups(
                room,
                rooms=self._group_rooms,
                records=self._store.groups,
                tokens=self._store.tokens,
                issuer=self._issuer,
                timers=self._timers,
                patience=self._config.patience,
                on_strayed=self.recorder.strayed,
                now=self._now,
            )
        else:
            self.groups = main.groups
        groups = self.groups
        self._handlers |= {
            classroom.OpenGroups: groups.open_groups,
            classroom.AddGroup: groups.add,
            classroom.RenameGroup: groups.rename,
            classroom.RemoveGroup: groups.remove,
            classroom.AssignGroup: groups.assign,
            classroom.EnterGroup: groups.go,
            classroom.SetGroupsEnd: groups.set_end,
            classroom.AnnounceToGroups: groups.announce,
            classroom.CloseGroups: groups.close,
        }
        if main is None:
            return groups, groups
        own = GroupRoom(self._group, room=room, groups=groups, moderation=main.moderation)
        self._handlers |= own.handlers()
        return own, own

    def roster_changed(self) -> None:
        """Hear that the room's personal links have changed: some were made or revoked."""
        if self._main is None:
            self.roster.reload()

    def handle(self, who: Participant, message: meeting.ClientMessage) -> None:
        """Handle a message from the page of a participant in the room.

        Parameters
        ----------
        who : Participant
            The participant.
        message : ClientMessage
            Their message; if it is refused, they are told why.
        """
        if isinstance(message, common.ModeratorRequest) and not self._may_moderate(who, message):
            return
        self._budgets.pass_on(who, message)

    def _handle(self, who: Participant, message: meeting.ClientMessage) -> None:
        handler = self._handlers.get(type(message))
        if handler is None:
            who.send(
                common.Error(
                    kind="protocol",
                    message=f"{type(message).__name__} is not expected here: you have already joined.",
                )
            )
            return
        handler(who, message)

    def _broadcast_changed(self) -> None:
        self._feed.review()

    def is_watched_with(self, stream: str, ticket: str) -> bool:
        """Return whether viewers watch the room's broadcast with this watch ticket.

        Parameters
        ----------
        stream, ticket
            As `RoomBroadcast.is_watched_with` has them.
        """
        return self._broadcast.is_watched_with(stream, ticket)

    def _may_moderate(self, who: Participant, message: common.ModeratorRequest) -> bool:
        if not who.moderator:
            refuse(who, message, "forbidden", "Only a moderator may do that.")
            return False
        if self._store.tokens.is_revoked(who.claims.jti):
            # Another server of the data folder revoked it, and `RevocationWatch` has not checked yet.
            refuse(who, message, "forbidden", "Your token was revoked.")
            self.room.send_out(frozenset({who.claims.jti}))
            return False
        return True

    def _rename(self, who: Participant, message: meeting.Rename) -> None:
        name = clean_name(message.name)
        if who.claims.name and name != who.name:
            refuse(
                who,
                message,
                "name_fixed",
                f"Your link is a personal one, made for {who.name}: the name cannot be changed here. If it "
                "is wrong, ask a moderator for another link.",
            )
            return
        with self.room.changing(who):
            who.name = name
        acknowledge(who, message)

    def _set_subject(self, who: Participant, message: meeting.SetSubject) -> None:
        self.moderation.set_subject(who, message)
        self._broadcast.retitle()
        self._feed.retitle()
