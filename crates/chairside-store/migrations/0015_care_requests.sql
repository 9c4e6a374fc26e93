-- A request that comes again is known again, also after a restart. Explained in docs/recording.md.

-- Empty of an older version, and of a request that has no name.
ALTER TABLE care ADD COLUMN request TEXT;
