"""What a modified client would try."""

from __future__ import annotations

import typing

from nanomeet_widget.server.protocol import messages


def moderators_only(target: str) -> list[messages.ClientMessage]:
    """One of each message that is for moderators, with references from 0."""
    asked: list[typing.Any] = [
        messages.SetSubject(subject="x"),
        messages.SetLobby(active=True),
        messages.SetPassword(password="x"),
        messages.SetClosed(closed=True),
        messages.SetMain(id=target),
        messages.Admit(id=target, admitted=True),
        messages.AdmitAll(),
        messages.MessageLobby(text="x"),
        messages.Mute(id=target),
        messages.MuteEveryone(),
        messages.AskToUnmute(id=target),
        messages.LowerHand(id=target),
        messages.GrantModerator(id=target),
        messages.CreateInvite(ref=0, server="https://example.org"),
        messages.InviteToStage(id=target),
        messages.SendToAudience(id=target),
        messages.PlanRemoval(ref=0, id=target),
        messages.Kick(id=target),
        messages.StartBroadcast(),
        messages.StopBroadcast(),
        messages.PauseBroadcast(paused=True),
        messages.EndMeeting(),
    ]
    for ref, message in enumerate(asked):
        message.ref = ref
    return asked
