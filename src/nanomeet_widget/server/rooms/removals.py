"""Who is kept out of a room until the meeting ends, and who is removed along with a person.

A person is identified by token and browser (`identities.identity_of`). If several people share a
link, only the person is removed. A link of one person is removed itself, and so is every
moderator's link: with all links that were made with it, before or after the removal.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from nanomeet_widget.server.rooms.links import Links
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.store.room_settings import Removal, Settings
from nanomeet_widget.server.store.token_records import TokenRecords
from nanomeet_widget.server.tokens.removed import is_removed

#: Entries of each kind in one room; the oldest are dropped.
_MOST = 1000


class Removals:
    """Keeps removed people out of one room.

    Parameters
    ----------
    settings : Settings
        The room's settings.
    tokens : TokenRecords
        Which token was made with which.
    links : Links
        Who joined with which link.
    """

    def __init__(self, settings: Settings, tokens: TokenRecords, links: Links) -> None:
        self._settings = settings
        self._tokens = tokens
        self._links = links

    def refuse(self, person: Participant) -> bool:
        """Return whether a person, or the link that they use, was removed.

        Parameters
        ----------
        person : Participant
            The person.
        """
        return self._refuse(person, self._settings)

    def refuse_address(self, newcomer: Participant) -> bool:
        """Return whether a newcomer's network address is blocked; it never is for moderators.

        Parameters
        ----------
        newcomer : Participant
            The newcomer.
        """
        return not newcomer.moderator and newcomer.address in self._settings.removed_addresses

    @property
    def moderators(self) -> bool:
        """Whether a moderator was removed."""
        return any(removal.moderator for removal in self._settings.removals)

    def plan(self, target: Participant, by: Participant, *, shared: bool) -> Settings:
        """Return the room's settings as they would be with a person removed.

        Parameters
        ----------
        target : Participant
            The person.
        by : Participant
            The moderator who removes them, and who always stays.
        shared : bool
            Whether the moderator says that others have the link, too.

        Returns
        -------
        Settings
            A copy; `carry_out` puts it into effect.
        """
        now = time.time()
        line = [ancestor.id for ancestor in self._tokens.lineage(by.claims.jti)]
        token = target.claims.jti
        # The moderator's own link cannot be removed: then only this browser is.
        whole = token != by.claims.jti and (
            target.claims.moderator or not (shared or self._links.shared(token))
        )
        roots = [token] if whole else self._tokens.made_by(target.claims.room, target.identity)
        removals = [
            Removal(
                token=root,
                moderator=root == token and target.claims.moderator,
                at=now,
                spare=_before(root, line),
            )
            for root in roots
            if root != by.claims.jti
        ]
        if target.moderator and target.browser not in {"", by.browser}:
            removals.append(Removal(at=now, browser=target.browser))
        people = [target.identity] if target.known else []
        settings = self._settings
        return replace(
            settings,
            removals=[*settings.removals, *removals][-_MOST:],
            removed_people=[*settings.removed_people, *people][-_MOST:],
            granted=settings.granted - {target.identity},
        )

    def going(
        self, plan: Settings, target: Participant, by: Participant, everybody: Sequence[Participant]
    ) -> list[Participant]:
        """Return who else is removed when a plan is carried out.

        Parameters
        ----------
        plan : Settings
            What `plan` returned.
        target, by : Participant
            The person, and the moderator who removes them.
        everybody : sequence of Participant
            The people who may be affected.

        Returns
        -------
        list of Participant
            Those of `everybody` who are removed along with the person.
        """
        others = (person for person in everybody if person not in {target, by})
        return [person for person in others if self._refuse(person, plan)]

    def carry_out(self, plan: Settings, *, address: str) -> None:
        """Put a plan into effect.

        Parameters
        ----------
        plan : Settings
            What `plan` returned.
        address : str
            A network address to block, too; empty for none.
        """
        settings = self._settings
        settings.removals, settings.removed_people = plan.removals, plan.removed_people
        settings.granted = plan.granted
        if address and address not in settings.removed_addresses:
            settings.removed_addresses = [*settings.removed_addresses, address][-_MOST:]

    def _refuse(self, person: Participant, settings: Settings) -> bool:
        if person.identity in settings.removed_people:
            return True
        if not (settings.removals or settings.kicked):
            return False
        line = self._tokens.lineage(person.claims.jti)
        return is_removed(line, settings) or any(
            removal.browser == person.browser and line[0].made <= removal.at
            for removal in settings.removals
            if removal.browser
        )


def _before(root: str, line: Sequence[str]) -> list[str]:
    """Return the tokens of a line from its beginning to a root; none if the root is not on it."""
    return list(line[: line.index(root)]) if root in line else []
