"""Exit codes that every command shares."""

OK = 0
WRONG_REQUEST = 2  # the configuration, an address or an option cannot be used
NO_ANSWER = 3  # the device did not answer, or answered garbage
