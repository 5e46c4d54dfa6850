"""Every public callable says what it takes, gives and raises, with types (NumPy style)."""

from __future__ import annotations

from typing import Any

import pytest

import nanomeet_widget as nm
from nanomeet_widget import InvalidInputError, ServiceError
from nanomeet_widget._errors import NanoMeetError
from tests import docstrings

PUBLIC = {name: (value, owner) for name, value, owner in docstrings.public()}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_callable_says_what_it_takes_gives_and_raises(name: str) -> None:
    assert docstrings.problems(*PUBLIC[name]) == []


def test_all_of_the_public_surface_is_looked_at() -> None:
    assert set(nm.__all__) - {"__version__"} <= PUBLIC.keys()
    assert {"NanoMeet.start_broadcast", "NanoMeet.on", "LocalServer.revoke", "Command.cancel"} <= (
        PUBLIC.keys()
    )
    assert {"ChatUpdated", "Recording.download", "BroadcastPlayer.seek", "Devices"} <= PUBLIC.keys()


def _checked(value: int) -> int:
    if value < 0:
        raise InvalidInputError("negative")
    return value


class TestWhatIsMissingIsFound:
    """The check itself: with each part of a docstring left out."""

    @staticmethod
    def of(docstring: str, *, raises: bool = True) -> list[str]:
        def call(size: int, *, name: str = "") -> str:
            if raises:
                raise ServiceError(name)
            return str(size)

        call.__doc__ = docstring
        return docstrings.problems(call, None)

    def test_a_parameter(self) -> None:
        whole = "Do.\n\nParameters\n----------\nsize : int\n    Bytes.\nname : str\n    Its name.\n"
        assert not any("parameter" in one for one in self.of(whole))
        assert "parameter name is not there" in self.of(whole.replace("name :", "nome :"))
        assert "there is no parameter nome" in self.of(whole.replace("name :", "nome :"))
        assert "parameter size has no type" in self.of(whole.replace("size : int", "size"))
        assert "parameter size says nothing" in self.of(whole.replace("    Bytes.\n", ""))

    def test_what_it_gives(self) -> None:
        whole = "Do.\n\nReturns\n-------\nstr\n    The text.\n"
        assert not any("Returns" in one for one in self.of(whole))
        assert any("Returns is not there" in one for one in self.of("Do."))

    def test_what_it_raises(self) -> None:
        package: Any = nm.create_invite
        assert docstrings.raised_by(package, None) >= {nm.MalformedTokenError}
        assert docstrings.raised_by(nm.Secret.ask, nm.Secret) == {InvalidInputError}
        documented = package.__doc__
        try:
            package.__doc__ = documented.replace("TokenError", "ServiceError")
            lacking = docstrings.problems(package, None)
        finally:
            package.__doc__ = documented
        assert "it raises MalformedTokenError, and Raises does not say so" in lacking

    def test_a_base_of_what_it_raises_is_enough(self) -> None:
        assert issubclass(nm.MalformedTokenError, NanoMeetError)
        assert not any("Malformed" in one for one in docstrings.problems(nm.create_invite, None))
