"""A live stream, from ingest to viewers."""
