-- Whom an alarm called who was not at a screen, by what, and what became of it. Explained table by
-- table in docs/recording.md.

-- A rung of a bed's ladder that was climbed.
CREATE TABLE rung (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed TEXT NOT NULL, -- the configured id
    first_call INTEGER NOT NULL CHECK (first_call > 0),
    rung INTEGER NOT NULL CHECK (rung > 0),
    round INTEGER NOT NULL CHECK (round >= 0),
    priority TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;

-- Whom it called. Rows of a rung, and so without a seq of their own; so are the parts of a message.
CREATE TABLE rung_way (
    rung INTEGER NOT NULL REFERENCES rung (seq),
    place INTEGER NOT NULL CHECK (place > 0),
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (rung, place)
) STRICT, WITHOUT ROWID;

-- A message to one person by one channel, before it was first tried.
CREATE TABLE delivery (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    "key" TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    priority TEXT NOT NULL
) STRICT;

-- The alarms it is about.
CREATE TABLE delivery_part (
    delivery INTEGER NOT NULL REFERENCES delivery (seq),
    place INTEGER NOT NULL CHECK (place > 0),
    bed TEXT NOT NULL,
    alarm TEXT NOT NULL,
    occurrence INTEGER NOT NULL CHECK (occurrence > 0),
    priority TEXT NOT NULL,
    "call" INTEGER NOT NULL CHECK ("call" > 0),
    since_ns INTEGER NOT NULL CHECK (since_ns >= 0),
    PRIMARY KEY (delivery, place)
) STRICT, WITHOUT ROWID;

-- The rungs that asked for it.
CREATE TABLE delivery_rung (
    delivery INTEGER NOT NULL REFERENCES delivery (seq),
    place INTEGER NOT NULL CHECK (place > 0),
    bed TEXT NOT NULL,
    first_call INTEGER NOT NULL CHECK (first_call > 0),
    rung INTEGER NOT NULL CHECK (rung > 0),
    round INTEGER NOT NULL CHECK (round >= 0),
    PRIMARY KEY (delivery, place)
) STRICT, WITHOUT ROWID;

-- What became of an attempt.
CREATE TABLE delivery_attempt (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    "key" TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    outcome TEXT NOT NULL,
    why TEXT -- in words; empty where it was taken
) STRICT;

-- How it ended.
CREATE TABLE delivery_end (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    "key" TEXT NOT NULL,
    ended TEXT NOT NULL
) STRICT;

CREATE INDEX rung_of_run ON rung (run, seq);
CREATE INDEX delivery_of_run ON delivery (run, seq);
CREATE INDEX delivery_attempt_of_run ON delivery_attempt (run, seq);
CREATE INDEX delivery_end_of_run ON delivery_end (run, seq);

CREATE TRIGGER rung_is_not_changed BEFORE UPDATE ON rung
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER rung_is_not_deleted BEFORE DELETE ON rung
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER rung_way_is_not_changed BEFORE UPDATE ON rung_way
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER rung_way_is_not_deleted BEFORE DELETE ON rung_way
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_is_not_changed BEFORE UPDATE ON delivery
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_is_not_deleted BEFORE DELETE ON delivery
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_part_is_not_changed BEFORE UPDATE ON delivery_part
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_part_is_not_deleted BEFORE DELETE ON delivery_part
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_rung_is_not_changed BEFORE UPDATE ON delivery_rung
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_rung_is_not_deleted BEFORE DELETE ON delivery_rung
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_attempt_is_not_changed BEFORE UPDATE ON delivery_attempt
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_attempt_is_not_deleted BEFORE DELETE ON delivery_attempt
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_end_is_not_changed BEFORE UPDATE ON delivery_end
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER delivery_end_is_not_deleted BEFORE DELETE ON delivery_end
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
