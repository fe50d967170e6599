"""Mending, pure: edits that go together, what they change line by line, where spans went in a revised text."""
