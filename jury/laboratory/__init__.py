"""The policy laboratory: a jury replayed under another règlement. Nothing of it is stored."""
