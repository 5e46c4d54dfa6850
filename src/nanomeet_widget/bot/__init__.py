"""A participant without a browser."""

from nanomeet_widget.bot.bot import Bot

__all__ = ["Bot"]
