"""What the server has counted since it started."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Counts:
    """Counters."""

    messages: int = 0
    refused: int = 0
    turned_away: int = 0
    overdue: int = 0
    tokens: int = 0
    faults: int = 0
