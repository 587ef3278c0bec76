"""The jury engine: a pure function, dossier in, verdict out (contracts/deliberate.md)."""
