"""Tests of `rooms.stage`."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, claims

OFFER = meeting.Description(type="offer", sdp="v=0")
PERSON = "person-of-a-browser"


def full(small: House) -> tuple[Page, Page, Page]:
    """A moderator and a guest on the stage, and another guest in the audience."""
    return small.moderator(), small.guest(), small.guest(audio=True, video=True)


def on_stage(page: Page) -> bool:
    assert page.who is not None
    return page.who.stage


def test_the_first_are_on_the_stage_and_the_others_watch(small: House) -> None:
    anna, ben, eve = full(small)
    assert [on_stage(page) for page in (anna, ben, eve)] == [True, True, False]
    assert eve.welcome.own.stage is False
    assert eve.welcome.max_stage == 2
    told = anna.last(meeting.Joined).participant
    assert (told.stage, told.audio, told.video) == (False, False, False)


def test_moderators_who_join_a_full_stage_are_audience_too(small: House) -> None:
    _, ben, _ = full(small)
    late = small.moderator()
    assert on_stage(late) is False
    assert late.try_all([meeting.EnterStage(ref=1)]) == [("stage_full", 1)]
    ben.leave()
    assert late.try_all([meeting.EnterStage(ref=2)]) == []
    assert on_stage(late) is True


def test_nothing_passes_between_the_stage_and_the_audience(small: House) -> None:
    anna, _, eve = full(small)
    for sender, target in ((anna, eve), (eve, anna)):
        sender.ask(meeting.Signal(to=target.id, description=OFFER))
        sender.ask(meeting.Want(to=target.id, camera=180, screen=0))
        assert not target.all(meeting.Signalled)
        assert not target.all(meeting.Wanted)


def test_the_audiences_camera_is_not_announced(small: House) -> None:
    anna, _, eve = full(small)
    eve.ask(meeting.Media(audio=True, video=True, screen=True))
    assert not anna.all(meeting.Updated)
    assert eve.who is not None
    assert (eve.who.audio, eve.who.video, eve.who.screen) == (False, False, False)


def test_an_invited_participant_enters_when_there_is_room(small: House) -> None:
    anna, ben, eve = full(small)
    assert eve.try_all([meeting.EnterStage(ref=1)]) == [("forbidden", 1)]
    eve.ask(meeting.RaiseHand(raised=True))
    anna.ask(meeting.InviteToStage(id=eve.id, ref=2))
    assert eve.last(meeting.StageInvited).by == anna.id
    assert anna.last(meeting.Ack).ref == 2
    assert eve.try_all([meeting.EnterStage(ref=3)]) == [("stage_full", 3)]
    ben.leave()
    assert eve.try_all([meeting.EnterStage(ref=4)]) == []
    told = anna.last(meeting.Updated).participant
    assert (told.id, told.stage, told.hand) == (eve.id, True, None)
    anna.ask(meeting.Signal(to=eve.id, description=OFFER))
    assert eve.all(meeting.Signalled)


def test_an_invitation_is_used_up(small: House) -> None:
    anna, ben, eve = full(small)
    ben.leave()
    anna.ask(meeting.InviteToStage(id=eve.id))
    eve.ask(meeting.EnterStage())
    eve.ask(meeting.LeaveStage(ref=1))
    assert on_stage(eve) is False
    assert eve.try_all([meeting.EnterStage(ref=2)]) == [("forbidden", 2)]


def test_a_participant_who_leaves_the_stage_sends_nothing(small: House) -> None:
    anna, ben, _ = full(small)
    ben.ask(meeting.Media(audio=True, video=True, screen=True))
    anna.ask(meeting.SetMain(id=ben.id))
    ben.ask(meeting.LeaveStage(ref=1))
    told = anna.last(meeting.Updated).participant
    assert (told.stage, told.audio, told.video, told.screen) == (False, False, False, False)
    assert anna.last(meeting.RoomChanged).state.main is None
    assert ben.last(meeting.Ack).ref == 1


def test_a_moderator_moves_a_participant_to_the_audience(small: House) -> None:
    anna, ben, eve = full(small)
    anna.ask(meeting.InviteToStage(id=eve.id))
    anna.ask(meeting.SendToAudience(id=eve.id, ref=1))
    anna.ask(meeting.SendToAudience(id=ben.id, ref=2))
    assert on_stage(ben) is False
    assert [a.ref for a in anna.all(meeting.Ack)] == [1, 2]
    # After being moved to the audience they need another invitation.
    assert eve.try_all([meeting.EnterStage(ref=3)]) == [("forbidden", 3)]
    assert ben.try_all([meeting.EnterStage(ref=3)]) == [("forbidden", 3)]


def test_what_makes_no_sense_is_refused(small: House) -> None:
    anna, ben, eve = full(small)
    assert anna.try_all(
        [
            meeting.InviteToStage(id=ben.id, ref=1),
            meeting.InviteToStage(id="00000000", ref=2),
            meeting.SendToAudience(id="00000000", ref=3),
            meeting.SetMain(id=eve.id, ref=4),
            meeting.AskToUnmute(id=eve.id, ref=5),
            meeting.EnterStage(ref=6),
        ]
    ) == [("invalid", 1), ("not_found", 2), ("not_found", 3), ("not_found", 4), ("invalid", 5)]


def test_the_place_of_a_lost_connection_is_kept(small: House) -> None:
    _, ben, eve = full(small)
    ben.lose()
    assert on_stage(small.guest()) is False
    small.clock.advance(small.config.patience.resume + 1)
    assert on_stage(small.guest()) is True
    assert on_stage(eve) is False


def test_how_large_a_picture_is_shown_reaches_its_sender(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    ben.ask(meeting.Want(to=anna.id, camera=180, screen=720))
    assert anna.last(meeting.Wanted) == meeting.Wanted(sender=ben.id, camera=180, screen=720)


def test_a_resumed_page_gets_sizes_and_invitation_again(small: House) -> None:
    anna, eve = small.moderator(), small.guest()
    token = claims()
    ben = small.page().join(token, person=PERSON)
    eve.ask(meeting.Want(to=anna.id, camera=180, screen=0))
    eve.ask(meeting.Want(to=anna.id, camera=90, screen=0))
    anna.ask(meeting.InviteToStage(id=ben.id))
    back = small.page().join(token, person=PERSON)
    assert back.last(meeting.StageInvited).by == anna.id
    assert anna.who is not None
    again = small.page().join(anna.who.claims, resume=anna.welcome.resume)
    assert [w.camera for w in again.all(meeting.Wanted)] == [90]
    eve.leave()
    third = small.page().join(anna.who.claims, resume=anna.welcome.resume)
    assert not third.all(meeting.Wanted)


def test_a_signal_reaches_the_one_it_is_for(house: House) -> None:
    anna, ben, eve = house.moderator(), house.guest(), house.guest()
    offer = meeting.Description(type="offer", sdp="v=0")
    anna.ask(meeting.Signal(to=ben.id, description=offer))
    assert ben.last(meeting.Signalled).sender == anna.id
    assert ben.last(meeting.Signalled).description == offer
    assert not ben.last(meeting.Signalled).restart
    anna.ask(meeting.Signal(to=ben.id, restart=True))
    assert ben.last(meeting.Signalled).restart
    assert not eve.all(meeting.Signalled)
