"""How fast the compiler is, and how much memory it takes: `python -m benchmarks` (see README.md here)."""
