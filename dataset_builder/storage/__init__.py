"""Stores behind URLs: what lies there is copied here to be read, and a build is put there as a whole."""
