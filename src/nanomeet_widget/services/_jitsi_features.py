"""What a Jitsi token permits: `context.features`.

A token that names one feature forbids all that it does not name. One that names none leaves them to the
server, which gives a moderator its `jitsi_default_permissions` (`mod_jitsi_permissions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from nanomeet_widget import _validation
from nanomeet_widget._errors import InvalidInputError

#: What Jitsi permits moderators whose token names nothing, and file sharing, which it permits only by name.
_MODERATOR = (
    "create-polls",
    "file-upload",
    "flip",
    "live-translation",
    "live-translation-subscribe",
    "livestreaming",
    "outbound-call",
    "recording",
    "send-groupchat",
    "send-private-message",
    "transcription",
)
#: What an older Prosody permits anyone whose token names nothing.
_PARTICIPANT = ("livestreaming", "outbound-call", "recording", "transcription")
#: All features that Jitsi has names for (jitsi-meet's `MEET_FEATURES` and `mod_jitsi_permissions`).
_NAMES = frozenset(_MODERATOR) | {
    "branding",
    "calendar",
    "inbound-call",
    "list-visitors",
    "lobby",
    "moderation",
    "room",
    "screen-sharing",
    "sip-inbound-call",
    "sip-outbound-call",
}


def check_features(features: Mapping[str, bool] | None) -> dict[str, bool]:
    """Return what a moderator may and may not do, by Jitsi's names.

    Raises
    ------
    InvalidInputError
        If Jitsi has no such name, or a value is neither True nor False.
    """
    if features is None:
        return {}
    if not isinstance(features, Mapping):
        raise InvalidInputError(
            f"features must be a mapping such as {{'file-upload': True}}, not {features!r}"
        )
    for name, value in features.items():
        if name not in _NAMES:
            near = get_close_matches(str(name).replace("_", "-").lower(), _NAMES, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "it has " + ", ".join(sorted(_NAMES))
            raise InvalidInputError(f"features: Jitsi has no {name!r}; {hint}")
        _validation.check_flag(f"features[{name!r}]", value)
    return dict(features)


def claim(features: Mapping[str, bool], *, moderator: bool, named: bool) -> dict[str, str] | None:
    """Return a token's `context.features`; None where it names none.

    Parameters
    ----------
    features
        As `check_features` gave them, for moderators only.
    moderator
        Whether the token is a moderator's.
    named
        Whether the deployment requires that tokens name them, as JaaS does.
    """
    if not moderator:
        given = dict.fromkeys(_PARTICIPANT, False)
    elif features or named:
        given = {**dict.fromkeys(_MODERATOR, True), **features}
    else:
        return None
    # Texts, not booleans: every version of Prosody's plugins reads those.
    return {name: "true" if value else "false" for name, value in given.items()}
