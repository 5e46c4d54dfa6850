"""What a class needs in a room."""
