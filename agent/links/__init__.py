"""Lines: bytes in and out before a deadline, without meaning."""
