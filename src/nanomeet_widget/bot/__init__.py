"""Participants without a browser, and broadcasts without a page."""

from nanomeet_widget.bot.bot import Bot
from nanomeet_widget.bot.broadcasting import ProgramBroadcast, broadcast

__all__ = ["Bot", "ProgramBroadcast", "broadcast"]
