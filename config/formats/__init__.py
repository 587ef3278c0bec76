"""Where Django's own French formats are mended (FORMAT_MODULE_PATH)."""
