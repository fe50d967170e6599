"""A version in git: what it is called, what files say of it, and how it gets there in one step."""
