"""Containers and the headers of codecs."""
