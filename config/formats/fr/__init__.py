"""French, as printed here."""
