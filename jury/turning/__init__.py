"""The year turns: the next one is opened, and its enrolments proposed from what the juries decided."""
