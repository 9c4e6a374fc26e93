-- Limits that change: each change of a number in force, what else went into the core (the session,
-- its phase, the patient's values before it, where cuff and probe are); and of a person's action
-- which limit it was about. Explained table by table in docs/recording.md.

-- All three are empty where the action is not about a limit.
ALTER TABLE operator ADD COLUMN limit_key TEXT;
ALTER TABLE operator ADD COLUMN limit_expected REAL;
ALTER TABLE operator ADD COLUMN limit_new REAL;

ALTER TABLE intent ADD COLUMN limit_key TEXT;
ALTER TABLE intent ADD COLUMN limit_expected REAL;
ALTER TABLE intent ADD COLUMN limit_new REAL;

CREATE TABLE limit_change (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    "key" TEXT NOT NULL,
    old REAL NOT NULL,
    new REAL NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('person', 'phase', 'profile', 'session_end', 'time'))
) STRICT;

CREATE TABLE phase (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    phase TEXT NOT NULL CHECK (phase IN ('baseline', 'dosing', 'recovery'))
) STRICT;

CREATE TABLE baseline (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    heart_rate REAL, -- empty is not known
    spo2 REAL,
    respiration_rate REAL,
    etco2 REAL,
    systolic REAL,
    diastolic REAL,
    CHECK ((systolic IS NULL) = (diastolic IS NULL))
) STRICT;

CREATE TABLE cuff_same_limb (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    same INTEGER NOT NULL CHECK (same IN (0, 1))
) STRICT;

CREATE TABLE session_change (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    open INTEGER NOT NULL CHECK (open IN (0, 1))
) STRICT;

CREATE TRIGGER limit_change_is_not_changed BEFORE UPDATE ON limit_change
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER limit_change_is_not_deleted BEFORE DELETE ON limit_change
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER phase_is_not_changed BEFORE UPDATE ON phase
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER phase_is_not_deleted BEFORE DELETE ON phase
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER baseline_is_not_changed BEFORE UPDATE ON baseline
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER baseline_is_not_deleted BEFORE DELETE ON baseline
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER cuff_same_limb_is_not_changed BEFORE UPDATE ON cuff_same_limb
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER cuff_same_limb_is_not_deleted BEFORE DELETE ON cuff_same_limb
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER session_change_is_not_changed BEFORE UPDATE ON session_change
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER session_change_is_not_deleted BEFORE DELETE ON session_change
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
