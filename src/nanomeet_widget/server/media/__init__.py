"""Containers, codec headers, and the timing of frames."""
