"""The demonstration: a department of fictitious people over three years, always the same, and its juries."""
