"""The embedded server: tokens, rooms, signalling, broadcast and recording on one machine."""
