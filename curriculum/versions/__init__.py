"""The versions of a maquette: their states, what hangs on them, what differs between two of them."""
