-- What people do in a treatment session. Explained in docs/recording.md.

-- Each kind of action has fields of its own; `what` has them as JSON, under the names of the HTTP
-- surface. When it happened, where a person can say so, is a column: no time is in the JSON.
CREATE TABLE care (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    session TEXT NOT NULL,
    entry INTEGER NOT NULL CHECK (entry > 0),
    action TEXT NOT NULL CHECK (action IN (
        'schedule', 'step', 'screen', 'weigh', 'take_baseline', 'dose', 'score', 'check', 'event',
        'discharge', 'amend'
    )),
    happened_ns INTEGER CHECK (happened_ns >= 0),
    what TEXT NOT NULL CHECK (json_valid(what)),
    "by" TEXT NOT NULL,
    station TEXT,
    reason TEXT,
    passed_over TEXT NOT NULL CHECK (json_valid(passed_over))
) STRICT;

CREATE TRIGGER care_is_not_changed BEFORE UPDATE ON care
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER care_is_not_deleted BEFORE DELETE ON care
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;

-- Both are empty where what a person wanted is not about a treatment.
ALTER TABLE intent ADD COLUMN care TEXT CHECK (care IS NULL OR json_valid(care));
ALTER TABLE intent ADD COLUMN happened_ns INTEGER CHECK (happened_ns >= 0);

-- A limit may be another one by the protocol of the session. A table's checks cannot be changed, so
-- the rows move to a new one as they are.
CREATE TABLE limit_change_2 (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    "key" TEXT NOT NULL,
    old REAL NOT NULL,
    new REAL NOT NULL,
    cause TEXT NOT NULL CHECK (
        cause IN ('person', 'phase', 'protocol', 'profile', 'session_end', 'time'))
) STRICT;

INSERT INTO limit_change_2 (seq, run, number, at_ns, bed, "key", old, new, cause)
SELECT seq, run, number, at_ns, bed, "key", old, new, cause FROM limit_change;

DROP TABLE limit_change;
ALTER TABLE limit_change_2 RENAME TO limit_change;

CREATE TRIGGER limit_change_is_not_changed BEFORE UPDATE ON limit_change
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER limit_change_is_not_deleted BEFORE DELETE ON limit_change
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
