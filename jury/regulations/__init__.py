"""The règlement of a formation and a year: its parameters in French, ready-made ones, its pages."""
