"""Where work runs. Nothing here knows what an article is."""
