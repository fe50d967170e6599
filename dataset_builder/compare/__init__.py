"""Two builds compared: what differs in their schemas, splits, articles, annotations and labels. Pure."""
