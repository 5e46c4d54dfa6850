"""The SQLite database: rooms, tokens, recordings and events."""
