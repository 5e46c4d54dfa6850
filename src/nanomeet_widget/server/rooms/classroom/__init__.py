"""The parts of a room that make it a class: what is kept of its meetings, polls."""
