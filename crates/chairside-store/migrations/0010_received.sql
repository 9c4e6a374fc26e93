-- That a person has received a test of a way to them. Explained in docs/recording.md.

CREATE TABLE test_received (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    "key" TEXT NOT NULL
) STRICT;

CREATE INDEX test_received_of_run ON test_received (run, seq);

CREATE TRIGGER test_received_is_not_changed BEFORE UPDATE ON test_received
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER test_received_is_not_deleted BEFORE DELETE ON test_received
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
