-- What trainers do to simulated patients. Explained in docs/recording.md.

CREATE TABLE training (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    "by" TEXT NOT NULL,
    did TEXT NOT NULL
) STRICT;

CREATE TRIGGER training_is_not_changed BEFORE UPDATE ON training
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER training_is_not_deleted BEFORE DELETE ON training
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
