"""A whole class on a real server that is killed in the middle: nothing is lost, and nothing counts twice."""

from __future__ import annotations

from tests.conftest import Servers

from .lesson import Class
from .sockets import run


def test_a_whole_class_is_kept_right_through_groups_and_a_kill(servers: Servers) -> None:
    async def scenario() -> None:
        found = await Class(servers, "WholeClass", 18).carry_out()
        assert found.error <= 1.0
        assert (found.wrong_stays, found.sessions) == (0, 1)
        # Sixteen early students voted in each of two polls.
        assert (found.votes, found.lost_votes, found.double_votes) == (32, 0, 0)
        assert (found.hands, found.hands_out_of_order) == (16, 0)
        assert (found.lost_people, found.wrong_lists) == (0, 0)

    run(scenario())
