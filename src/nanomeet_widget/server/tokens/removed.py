"""Whether a token was removed from a room, by itself or with the tokens it was made with."""

from __future__ import annotations

from collections.abc import Sequence

from nanomeet_widget.server.store.room_settings import Removal, Settings
from nanomeet_widget.server.store.token_records import Ancestor


def is_removed(line: Sequence[Ancestor], settings: Settings) -> bool:
    """Return whether a token was removed from a room, by itself or with its family.

    Parameters
    ----------
    line : sequence of Ancestor
        The token, the one that it was made with, and so on.
    settings : Settings
        The room's settings.
    """
    if any(ancestor.id in settings.kicked for ancestor in line):
        return True
    return any(_concerns(removal, line) for removal in settings.removals)


def _concerns(removal: Removal, line: Sequence[Ancestor]) -> bool:
    names = [ancestor.id for ancestor in line]
    if removal.token not in names:
        return False
    below = line[: names.index(removal.token)]
    if not below or not removal.spare:
        return True
    if any(ancestor.id in removal.spare for ancestor in below):
        return False
    # The removed token is also an ancestor of the moderator's own. Participants who joined earlier with
    # links that were made with it stay.
    return any(ancestor.moderator or ancestor.made > removal.at for ancestor in below)
