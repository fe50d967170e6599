"""A compiler for annotated text datasets."""
