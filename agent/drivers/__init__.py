"""One file per protocol: link, wire and profile become readings."""
