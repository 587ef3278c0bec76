"""The suite of a closed jury: some of its students come back for a new deliberation."""
