"""Correcting a maquette in place while it is a draft."""
