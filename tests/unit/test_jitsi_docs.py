"""The administrator's recipes in `docs/jitsi.md` are complete, and make the right people moderators."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import pytest

import nanomeet_widget as nm
from nanomeet_widget.cli.doctor_jitsi import LEAST
from nanomeet_widget.services import Jitsi
from tests.documents import ROOT, Block, blocks
from tests.standins.prosody import Prosody, affiliation

DOCS = (ROOT / "docs/jitsi.md").read_text()
#: What Jitsi's `docker-compose.yml` hands to its containers, of what concerns tokens, roles and streams.
PASSED_ON = {
    *("AUTH_TYPE", "ENABLE_AUTH", "ENABLE_AUTO_OWNER", "ENABLE_GUESTS", "ENABLE_LIVESTREAMING"),
    *("ENABLE_LOBBY", "ENABLE_RECORDING", "JICOFO_AUTH_TYPE", "JICOFO_ENABLE_AUTH"),
    *("JWT_ACCEPTED_AUDIENCES", "JWT_ACCEPTED_ISSUERS", "JWT_ALLOW_EMPTY", "JWT_APP_ID"),
    *("JWT_APP_SECRET", "JWT_ASAP_KEYSERVER", "JWT_AUTH_TYPE", "JWT_ENABLE_DOMAIN_VERIFICATION"),
    *("JWT_SIGN_TYPE", "JWT_TOKEN_AUTH_MODULE", "PROSODY_AUTH_TYPE", "XMPP_CONFIGURATION"),
    *("WAIT_FOR_HOST_DISABLE_AUTO_OWNERS", "XMPP_MODULES", "XMPP_MUC_CONFIGURATION"),
    *("XMPP_MUC_MODULES",),
}

#: A section of Prosody's configuration: its settings.
Settings: TypeAlias = dict[str, Any]


def section(heading: str, language: str) -> list[str]:
    """Return the blocks of a language below a heading."""
    found = blocks(language, "docs/jitsi.md")
    return [block.text for block in found if block.heading == heading]


def variables(text: str) -> dict[str, str]:
    """A file of variables, as compose reads it."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, str] = {}
    for line in lines:
        name, mark, value = line.partition("=")
        assert mark
        assert re.fullmatch(r"[A-Z_]+", name), line
        quoted = re.fullmatch(r"'([^']*)'", value)
        # Without quotes, a blank or a mark would end the value or begin a comment.
        assert quoted or re.fullmatch(r"[\w.,-]+", value), line
        assert name not in found, line
        found[name] = quoted[1] if quoted else value
    return found


_LUA = re.compile(r'\s*(?:--[^\n]*|("[^"\n]*")|([A-Za-z_]\w*)|([={};,]))')


class Lua:
    """Reads a configuration of Prosody, as far as one has settings, hosts and components."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        at = 0
        while text[at:].strip():
            found = _LUA.match(text, at)
            assert found, f"no Lua: {text[at : at + 40]!r}"
            at = found.end()
            self._tokens += [part for part in found.groups() if part]

    def sections(self) -> dict[str, Settings]:
        found: dict[str, Settings] = {"": {}}
        section = ""
        while self._tokens:
            name = self._tokens.pop(0)
            assert re.match(r"[A-Za-z_]", name), name
            if name in {"VirtualHost", "Component"}:
                section = f"{name} {self._text()}"
                found[section] = {}
                if name == "Component":
                    assert self._text() == "muc"
                continue
            assert self._tokens.pop(0) == "=", name
            assert name not in found[section], name
            found[section][name] = self._value()
            if self._tokens[:1] == [";"]:
                self._tokens.pop(0)
        return found

    def _text(self) -> str:
        text = self._tokens.pop(0)
        assert text[0] == text[-1] == '"', text
        return text[1:-1]

    def _value(self) -> Any:
        if self._tokens[0] in {"true", "false"}:
            return self._tokens.pop(0) == "true"
        if self._tokens[0] != "{":
            return self._text()
        self._tokens.pop(0)
        values = []
        while self._tokens[0] != "}":
            values.append(self._value())
            if self._tokens[0] != "}":
                assert self._tokens.pop(0) in {",", ";"}
        self._tokens.pop(0)
        return values


def leads(
    tokens: list[str], prosody: Prosody, modules: list[str], *, jicofo_auth: bool, auto_owner: bool
) -> list[bool]:
    """Who owns a room, in the order of coming, as Prosody's plugins and Jicofo have it.

    Jicofo's authentication makes everyone an owner; without it, its auto-owner the first one, where
    there is none yet.
    """
    owners: list[bool] = []
    for token in tokens:
        claims = prosody.admit(token, room="r")
        owns = jicofo_auth or "muc_allowners" in modules
        owns |= "token_affiliation" in modules and affiliation(claims) == "owner"
        owners.append(owns or (auto_owner and not any(owners)))
    return owners


def docker() -> dict[str, str]:
    (text,) = section("Docker", "dotenv")
    return variables(text)


def on(found: dict[str, str], name: str, default: str) -> bool:
    return found.get(name, default).lower() in {"1", "true"}


SECRET = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("block", [*blocks("dotenv"), *blocks("lua")], ids=str)
def test_every_recipe_can_be_read(block: Block) -> None:
    assert variables(block.text) if block.language == "dotenv" else Lua(block.text).sections()


def guest_first(app_id: str) -> list[str]:
    service = Jitsi("meet.example.org", app_id=app_id, app_secret=SECRET)
    room = service.create_room("R").token
    guest = service.create_invite(room).token
    return [guest, room, service.create_invite(room).token]


def test_with_docker_moderators_lead_and_no_one_else() -> None:
    found = docker()
    assert set(found) <= PASSED_ON
    assert (found["ENABLE_AUTH"], found["AUTH_TYPE"]) == ("1", "jwt")
    assert not on(found, "JWT_ALLOW_EMPTY", "0")
    assert not on(found, "ENABLE_GUESTS", "0")
    assert on(found, "JWT_ENABLE_DOMAIN_VERIFICATION", "0")
    prosody = Prosody(
        app_id=found["JWT_APP_ID"],
        secret=SECRET,
        issuers=tuple(found["JWT_ACCEPTED_ISSUERS"].split(",")),
        audiences=tuple(found["JWT_ACCEPTED_AUDIENCES"].split(",")),
    )
    owners = leads(
        guest_first(found["JWT_APP_ID"]),
        prosody,
        found["XMPP_MUC_MODULES"].split(","),
        jicofo_auth=on(found, "JICOFO_ENABLE_AUTH", found["ENABLE_AUTH"]),
        auto_owner=on(found, "ENABLE_AUTO_OWNER", "1"),
    )
    assert owners == [False, True, False]


def test_with_debian_moderators_lead_and_no_one_else() -> None:
    (text,) = section("Debian", "lua")
    found = Lua(text).sections()
    assert found[""]["muc_mapper_domain_base"] == "meet.example.org"
    host = found["VirtualHost meet.example.org"]
    assert (host["authentication"], host["allow_empty_token"]) == ("token", False)
    assert host["enable_domain_verification"] is True
    muc = found["Component conference.meet.example.org"]
    assert muc["restrict_room_creation"] is True
    assert muc["admins"] == ["focus@auth.meet.example.org"]
    modules = muc["modules_enabled"]
    assert {"muc_meeting_id", "muc_domain_mapper", "token_verification"} <= set(modules)
    (commands,) = section("Debian", "sh")
    jicofo = dict(
        re.findall(r"^hocon -f \S+/jicofo\.conf set (\S+) (\S+)$", commands, re.MULTILINE)
    )
    prosody = Prosody(
        app_id=host["app_id"],
        secret=SECRET,
        issuers=tuple(host["asap_accepted_issuers"]),
        audiences=tuple(host["asap_accepted_audiences"]),
    )
    owners = leads(
        guest_first(host["app_id"]),
        prosody,
        modules,
        jicofo_auth=on(jicofo, "jicofo.authentication.enabled", "false"),
        auto_owner=on(jicofo, "jicofo.conference.enable-auto-owner", "true"),
    )
    assert owners == [False, True, False]


def test_the_secret_of_a_recipe_is_a_placeholder() -> None:
    (text,) = section("Debian", "lua")
    host = Lua(text).sections()["VirtualHost meet.example.org"]
    assert host["app_secret"] == docker()["JWT_APP_SECRET"]
    with pytest.raises(nm.InvalidInputError, match="can be guessed"):
        Jitsi("meet.example.org", app_id="classroom", app_secret=host["app_secret"])


def test_jibri_comes_in_without_a_token_and_no_other_account() -> None:
    (text,) = section("Broadcast", "dotenv")
    found = variables(text)
    assert set(found) <= PASSED_ON
    assert (found["ENABLE_RECORDING"], found["ENABLE_LIVESTREAMING"]) == ("1", "1")
    # The image splits it at commas.
    assert "," not in found["XMPP_MUC_CONFIGURATION"]
    (lua,) = section("Broadcast", "lua")
    muc = Lua(lua).sections()["Component conference.meet.example.org"]
    image = Lua(found["XMPP_MUC_CONFIGURATION"]).sections()[""]
    for settings in (muc, image):
        (account,) = settings["token_verification_allowlist"]
        # One account, and no whole domain.
        assert re.fullmatch(r"recorder@[\w.]+", account)


def test_jibri_sends_where_the_example_says_and_nowhere_else() -> None:
    (text,) = blocks("hocon")
    (pattern,) = re.findall(r'rtmp-allow-list = \[ "(.*)" \]$', text.text, re.MULTILINE)
    (target,) = re.findall(r'broadcast_url="(.*)"', DOCS)
    allowed = re.compile(pattern.replace(r"\\", "\\"))
    assert allowed.fullmatch(target.replace("{streamname}", "s-1"))
    for other in ("rtmp://ingest-example.org/live/x", "rtmp://evil.example/live/x"):
        assert not allowed.fullmatch(other)


def test_what_undoes_a_recipe_and_the_least_release_are_told() -> None:
    for name in (
        "muc_allowners",
        "wait_for_host_disable_auto_owners = true",
        "WAIT_FOR_HOST_DISABLE_AUTO_OWNERS=1",
        LEAST,
    ):
        assert name in DOCS
    assert "WAIT_FOR_HOST_DISABLE_AUTO_OWNERS" in PASSED_ON
