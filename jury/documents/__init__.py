"""What is printed: a builder of each document, from the record of a jury or from the marks, and one renderer."""
