"""The parts of a room for a class."""
