"""From the annotators' records to what is published: gold records, how far annotators agree, and splits."""
