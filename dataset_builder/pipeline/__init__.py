"""The whole flow, and the only place where rooms meet: read → check → merge → tables → describe."""
