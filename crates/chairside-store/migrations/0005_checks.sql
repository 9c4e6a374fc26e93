-- The day-start check, as a person signed it. Explained table by table in docs/recording.md.

CREATE TABLE day_check (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    "by" TEXT NOT NULL,
    station TEXT NOT NULL,
    note TEXT,
    complete INTEGER NOT NULL CHECK (complete IN (0, 1))
) STRICT;

-- Its items in their order. Rows of a check, and so without a seq of their own.
CREATE TABLE day_check_item (
    day_check INTEGER NOT NULL REFERENCES day_check (seq),
    place INTEGER NOT NULL CHECK (place > 0),
    item TEXT NOT NULL,
    bed TEXT, -- the configured id, where it is about a device
    device TEXT,
    passed INTEGER CHECK (passed IN (0, 1)), -- empty where that version could not tell
    found TEXT,
    age_ms INTEGER CHECK (age_ms >= 0),
    PRIMARY KEY (day_check, place),
    CHECK ((bed IS NULL) = (device IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER day_check_is_not_changed BEFORE UPDATE ON day_check
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER day_check_is_not_deleted BEFORE DELETE ON day_check
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER day_check_item_is_not_changed BEFORE UPDATE ON day_check_item
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER day_check_item_is_not_deleted BEFORE DELETE ON day_check_item
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
