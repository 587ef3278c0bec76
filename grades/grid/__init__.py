"""The mark grid: cells saved one by one, as they are left."""
