-- Alarms that are paused, rules that are off, the sound of each station, many alarms at once; and
-- of a person's action where and why. Explained table by table in docs/recording.md.

-- A signal may be 'paused', and an alarm says which call it made last and from which signals an
-- airway obstruction was drawn. A table's checks cannot be changed, so the rows move to a new one
-- as they are: no column of an older row gains a value.
CREATE TABLE alarm_2 (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    changed_ns INTEGER NOT NULL CHECK (changed_ns >= 0),
    id TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    signal TEXT NOT NULL CHECK (
        signal IN ('off', 'on', 'latched', 'acknowledged', 'paused')),
    superseded INTEGER NOT NULL CHECK (superseded IN (0, 1)),
    since_ns INTEGER NOT NULL CHECK (since_ns >= 0),
    evidence TEXT NOT NULL,
    "call" INTEGER, -- empty in rows of the first form
    mode TEXT,
    CHECK (mode IS NULL OR "call" IS NOT NULL)
) STRICT;

INSERT INTO alarm_2 (seq, run, number, at_ns, bed, changed_ns, id, occurrence, priority, present,
                     signal, superseded, since_ns, evidence)
SELECT seq, run, number, at_ns, bed, changed_ns, id, occurrence, priority, present, signal,
       superseded, since_ns, evidence
FROM alarm;

DROP TABLE alarm;
ALTER TABLE alarm_2 RENAME TO alarm;

CREATE INDEX alarm_by_episode ON alarm (bed, occurrence);

-- occurrence is 0 where the action is not about one.
ALTER TABLE operator ADD COLUMN alarm TEXT;
ALTER TABLE operator ADD COLUMN seconds INTEGER;
ALTER TABLE operator ADD COLUMN station TEXT;
ALTER TABLE operator ADD COLUMN reason TEXT;

ALTER TABLE intent ADD COLUMN alarm TEXT;
ALTER TABLE intent ADD COLUMN seconds INTEGER;
ALTER TABLE intent ADD COLUMN reason TEXT;

CREATE TABLE suspension (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    changed_ns INTEGER NOT NULL CHECK (changed_ns >= 0),
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('alarm_paused', 'rule_off')),
    since_ns INTEGER NOT NULL CHECK (since_ns >= 0),
    until_ns INTEGER NOT NULL CHECK (until_ns >= 0),
    "by" TEXT NOT NULL,
    reason TEXT NOT NULL,
    ended TEXT CHECK (ended IN ('person', 'time', 'worse', 'restart', 'session'))
) STRICT;

CREATE TABLE audio (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    changed_ns INTEGER NOT NULL CHECK (changed_ns >= 0),
    station TEXT NOT NULL,
    sound TEXT NOT NULL CHECK (sound IN ('on', 'paused', 'off')),
    until_ns INTEGER CHECK (until_ns >= 0),
    covers INTEGER,
    reminder_ns INTEGER CHECK (reminder_ns >= 0),
    cause TEXT NOT NULL CHECK (cause IN ('person', 'time', 'session', 'reminder')),
    "by" TEXT NOT NULL,
    reason TEXT,
    CHECK ((until_ns IS NULL) = (sound = 'on')),
    CHECK ((covers IS NOT NULL) = (sound = 'paused')),
    CHECK ((reminder_ns IS NOT NULL) = (sound = 'off'))
) STRICT;

CREATE TABLE flood (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    alarms INTEGER NOT NULL CHECK (alarms >= 0), -- 0: it is over
    since_ns INTEGER CHECK (since_ns >= 0),
    worst TEXT,
    priority TEXT CHECK (priority IN ('low', 'medium', 'high')),
    until_ns INTEGER CHECK (until_ns >= 0),
    CHECK ((since_ns IS NULL) = (alarms = 0)),
    CHECK ((worst IS NULL) = (alarms = 0)),
    CHECK ((priority IS NULL) = (alarms = 0)),
    CHECK ((until_ns IS NULL) = (alarms = 0))
) STRICT;

CREATE TRIGGER alarm_is_not_changed BEFORE UPDATE ON alarm
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER alarm_is_not_deleted BEFORE DELETE ON alarm
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER suspension_is_not_changed BEFORE UPDATE ON suspension
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER suspension_is_not_deleted BEFORE DELETE ON suspension
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER audio_is_not_changed BEFORE UPDATE ON audio
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER audio_is_not_deleted BEFORE DELETE ON audio
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER flood_is_not_changed BEFORE UPDATE ON flood
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER flood_is_not_deleted BEFORE DELETE ON flood
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
