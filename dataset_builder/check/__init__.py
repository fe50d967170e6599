"""Rules that explain what is wrong, and what runs them: the slow path behind a proof that fails."""
