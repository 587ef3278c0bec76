"""Evaluations as the MCC promise them: what a module would get, shown first, then created."""
