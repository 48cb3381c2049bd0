"""Container images in one file, for a classroom without a network."""
