"""The pages that the users of a JupyterHub see, in English and German."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nanomeet_widget.server.hub.desk import OwnRoom


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The texts in one language."""

    language: str
    title: str
    #: `{name}` is the user's.
    logged_in: str
    none: str
    yours: str
    #: `{group}` is a group's name.
    group: str
    moderator: str
    participant: str
    empty: str
    one: str
    #: `{people}` is their number.
    several: str
    join: str
    #: `{room}` is the room's name, for programs that read pages aloud.
    join_room: str
    back: str
    hub: str
    #: Titles and words of failures: the Hub does not answer, no access, a login that failed, anything else.
    away: tuple[str, str]
    denied: tuple[str, str]
    failed: tuple[str, str]
    other: tuple[str, str]
    #: Too many tokens in a short time.
    often: str
    #: The room is not on the list; removed from the meeting; access revoked.
    unlisted: str
    removed: str
    revoked: str


EN = Texts(
    language="en",
    title="Your rooms",
    logged_in="Logged in as {name}",
    none="You have no rooms yet. A room appears here for each of your groups in this JupyterHub, and for "
    "each room that you create in a notebook.",
    yours="Your own room",
    group="Group {group}",
    moderator="you are a moderator",
    participant="you are a participant",
    empty="no one is there",
    one="1 person is there",
    several="{people} people are there",
    join="Join",
    join_room="Join {room}",
    back="Back to your rooms",
    hub="JupyterHub",
    away=(
        "JupyterHub does not answer",
        "People who are in a meeting stay there. Reload this page in a moment.",
    ),
    denied=(
        "No access",
        "Your account may not use the meetings of this JupyterHub. Ask its administrator for access.",
    ),
    failed=("The login did not work", "It took too long, or was opened twice. Try again."),
    other=("This did not work", "Go back to your rooms, and try again."),
    often="You tried too often in a short time. Wait a moment, then try again.",
    unlisted="This room is not, or no longer, on your list.",
    removed="A moderator removed you from this meeting. You can join the next one.",
    revoked="A moderator revoked your access to this room. Ask them for an invite.",
)
DE = Texts(
    language="de",
    title="Ihre Räume",
    logged_in="Angemeldet als {name}",
    none="Sie haben noch keine Räume. Hier steht ein Raum für jede Ihrer Gruppen in diesem JupyterHub und "
    "für jeden, den Sie in einem Notebook anlegen.",
    yours="Ihr eigener Raum",
    group="Gruppe {group}",
    moderator="Sie moderieren",
    participant="Sie nehmen teil",
    empty="niemand ist dort",
    one="1 Person ist dort",
    several="{people} Personen sind dort",
    join="Beitreten",
    join_room="{room} beitreten",
    back="Zurück zu Ihren Räumen",
    hub="JupyterHub",
    away=(
        "JupyterHub antwortet nicht",
        "Wer in einer Besprechung ist, bleibt dort. Laden Sie diese Seite gleich noch einmal.",
    ),
    denied=(
        "Kein Zugang",
        "Ihr Konto darf die Besprechungen dieses JupyterHub nicht nutzen. Bitten Sie die Verwaltung um Zugang.",
    ),
    failed=(
        "Die Anmeldung ist misslungen",
        "Sie hat zu lange gedauert oder wurde zweimal geöffnet. Versuchen Sie es noch einmal.",
    ),
    other=(
        "Das ist misslungen",
        "Gehen Sie zurück zu Ihren Räumen, und versuchen Sie es noch einmal.",
    ),
    often="Sie haben es in kurzer Zeit zu oft versucht. Warten Sie einen Moment.",
    unlisted="Dieser Raum steht nicht oder nicht mehr auf Ihrer Liste.",
    removed="Ein Moderator hat Sie aus dieser Besprechung entfernt. An der nächsten können Sie teilnehmen.",
    revoked="Ein Moderator hat Ihnen den Zugang zu diesem Raum entzogen. Bitten Sie um eine Einladung.",
)
_WEIGHT = re.compile(r"\s*;\s*q=([0-9.]+)\s*")


def speaks(accepted: str) -> Texts:
    """Return the texts in the language that a browser prefers.

    Parameters
    ----------
    accepted : str
        The header `Accept-Language`.
    """
    wishes = []
    for part in accepted.split(","):
        name, *weight = _WEIGHT.split(part, maxsplit=1)
        try:
            wishes.append((-float(weight[0] if weight else 1), name.strip().lower()[:2]))
        except ValueError:
            continue
    known = [name for _, name in sorted(wishes, key=lambda wish: wish[0]) if name in {"de", "en"}]
    return DE if known[:1] == ["de"] else EN


def rooms_page(
    t: Texts, *, base: str, hub: str, name: str, rooms: Sequence[OwnRoom], xsrf: str
) -> str:
    """Return the page with a user's rooms.

    Parameters
    ----------
    t : Texts
        The texts.
    base : str
        The server's base URL.
    hub : str
        The Hub's address.
    name : str
        The user's name.
    rooms : sequence of OwnRoom
        Their rooms.
    xsrf : str
        What their browser sends back with a form.
    """
    items = "".join(_item(t, room, base=base, xsrf=xsrf) for room in rooms)
    body = f'<ul class="rooms">{items}</ul>' if rooms else f"<p>{_safe(t.none)}</p>"
    kicker = f'<p class="quiet">{_safe(t.logged_in.format(name=name))}</p>'
    return _page(t, t.title, kicker + body, base=base, link=(hub, t.hub))


def failure_page(t: Texts, title: str, words: str, *, base: str) -> str:
    """Return a page that says what went wrong.

    Parameters
    ----------
    t : Texts
        The texts.
    title : str
        What went wrong.
    words : str
        What to do.
    base : str
        The server's base URL.
    """
    return _page(t, title, f'<p role="alert">{_safe(words)}</p>', base=base, link=(base, t.back))


def _item(t: Texts, room: OwnRoom, *, base: str, xsrf: str) -> str:
    kind = t.yours if room.group is None else t.group.format(group=room.group)
    role = t.moderator if room.moderator else t.participant
    people = {0: t.empty, 1: t.one}.get(room.people, t.several.format(people=room.people))
    said = _safe(f"{kind} · {role} · {people}")
    label = _safe(t.join_room.format(room=room.name))
    return (
        f'<li><div><h2>{_safe(room.name)}</h2><p class="quiet">{said}</p></div>'
        f'<form method="post" action="{_safe(base)}join">'
        f'<input type="hidden" name="_xsrf" value="{_safe(xsrf)}">'
        f'<input type="hidden" name="room" value="{_safe(room.name)}">'
        f'<button aria-label="{label}">{_safe(t.join)}</button></form></li>'
    )


def _page(t: Texts, title: str, body: str, *, base: str, link: tuple[str, str]) -> str:
    address, words = link
    return (
        f'<!doctype html><html lang="{t.language}"><head><meta charset="utf-8">'
        f"<title>{_safe(title)}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{_safe(base)}static/hub.css"></head>'
        f'<body><main class="card"><h1>{_safe(title)}</h1>{body}'
        f'<p><a href="{_safe(address)}">{_safe(words)}</a></p></main></body></html>'
    )


def _safe(text: str) -> str:
    return html.escape(text, quote=True)
