"""Records to tables: columns, Parquet files, content digests, and where shards are cut."""
