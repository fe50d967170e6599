"""Outside formats: what their files say, as neutral values, and back."""
