"""Recordings: files, their retention and their chapters."""
