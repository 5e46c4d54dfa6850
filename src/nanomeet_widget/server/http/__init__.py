"""Handlers, sockets and pages: the only code that knows tornado's web part."""
