"""Views of the room, one file per device dialect. They are functions of the room; looking changes nothing."""
