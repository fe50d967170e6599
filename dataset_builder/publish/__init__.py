"""A release put to where others get it: each place keeps every version as it was, and is read back."""
