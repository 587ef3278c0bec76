"""The référentiel de compétences of a formation: its import, and what modules work on."""
