"""What the sender of a stream is called, in the words that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nanomeet_widget.server.protocol.common import Trouble

#: What a stream is for: it shows the stage, a program's pictures to its own page, or a participant to a
#: program.
Purpose = Literal["broadcast", "source", "reading"]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """How to say what is wrong with a stream.

    Parameters
    ----------
    purpose : Purpose
        What the stream is for.
    sender : str
        Who sends the stream; begins a sentence.
    lost : Trouble
        The sender was away for too long.
    stopped : str
        What the sender is told if the stream was stopped, and no error ended it.
    overflow : str
        What to do if it sends too much.
    """

    purpose: Purpose
    sender: str
    lost: Trouble
    stopped: str
    overflow: str


#: A page that sends the stage.
BROADCAST = Wording(
    purpose="broadcast",
    sender="The broadcaster's page",
    lost=Trouble("broadcast_lost", "The connection to the page that sent the broadcast was lost."),
    stopped="The broadcast was stopped.",
    overflow="Choose a lower quality.",
)
#: A program that broadcasts pictures of its own.
PROGRAM = Wording(
    purpose="broadcast",
    sender="The program that broadcasts",
    lost=Trouble(
        "broadcast_program",
        "The program that sent the broadcast has ended, or its connection was lost.",
    ),
    stopped="The broadcast was stopped.",
    overflow="Send smaller pictures, or fewer of them.",
)
#: A program that sends pictures to its participant's own page.
SOURCE = Wording(
    purpose="source",
    sender="The program",
    lost=Trouble(
        "broadcast_lost", "The connection to the program that sent the pictures was lost."
    ),
    stopped="The source was closed.",
    overflow="Send smaller pictures, or fewer of them.",
)
#: A page that sends its participant's picture or sound to a program.
READING = Wording(
    purpose="reading",
    sender="The participant's page",
    lost=Trouble(
        "broadcast_lost", "The connection to the page of the participant who is read was lost."
    ),
    stopped="The reading has ended.",
    overflow="Ask for fewer lines.",
)
