"""What templates need to print figures and dates the French way."""
