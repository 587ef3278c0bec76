"""« Ce qu’il faut » : the least marks that a student still needs, from the rows to the page."""
