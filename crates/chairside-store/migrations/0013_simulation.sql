-- Simulated data, so that it is never taken for a patient's. Explained in docs/recording.md.

CREATE TABLE simulation (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    simulated INTEGER NOT NULL CHECK (simulated IN (0, 1))
) STRICT;

CREATE TRIGGER simulation_is_not_changed BEFORE UPDATE ON simulation
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER simulation_is_not_deleted BEFORE DELETE ON simulation
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
