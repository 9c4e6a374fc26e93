-- The first form of the record. Explained table by table in docs/recording.md.
--
-- Append-only: a migration is never changed once it has shipped, rows are never changed once
-- they are written. Times are whole nanoseconds: at_ns and its like since the zero of the run's
-- clock, clock_zero_ns, which is since 1970 UTC and lies two days before the run began.
-- seq rises by one over everything, across tables and runs.

PRAGMA application_id = 1128813380; -- "CHSD"

-- One start of the service.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    boot TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    clock_zero_ns INTEGER NOT NULL,
    program TEXT NOT NULL
) STRICT;

-- The configured ids of beds and names of devices.
CREATE TABLE bed (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- One transaction: the rows it wrote, and up to which record number of its run all have a fate.
CREATE TABLE batch (
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES run (id),
    last_number INTEGER NOT NULL CHECK (last_number >= 0),
    CHECK (last_seq >= first_seq)
) STRICT;

CREATE TRIGGER batch_has_no_gap BEFORE INSERT ON batch
WHEN NEW.first_seq IS NOT 1 + coalesce(
    (SELECT last_seq FROM batch ORDER BY first_seq DESC LIMIT 1), 0)
BEGIN
    SELECT raise(ABORT, 'a batch must follow the one before without a gap');
END;

-- The hash chain over runs, alarms, what people did, and what is missing.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Records. number is that of the record within its run.
CREATE TABLE numeric (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    received_ns INTEGER NOT NULL CHECK (received_ns >= 0),
    taken_ns INTEGER NOT NULL CHECK (taken_ns >= 0),
    metric TEXT NOT NULL,
    validity TEXT NOT NULL CHECK (validity IN ('valid', 'questionable', 'unavailable')),
    value REAL,
    reason TEXT,
    CHECK ((value IS NULL) = (validity = 'unavailable')),
    CHECK ((reason IS NULL) = (validity <> 'unavailable'))
) STRICT;

CREATE TABLE cuff (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    received_ns INTEGER NOT NULL CHECK (received_ns >= 0),
    state TEXT NOT NULL CHECK (state IN ('measuring', 'completed', 'failed', 'cancelled')),
    systolic REAL,
    diastolic REAL,
    mean REAL,
    taken_ns INTEGER CHECK (taken_ns >= 0),
    failure TEXT,
    CHECK ((taken_ns IS NULL) = (state <> 'completed')),
    CHECK ((failure IS NULL) = (state <> 'failed')),
    CHECK (state = 'completed' OR coalesce(systolic, diastolic, mean) IS NULL)
) STRICT;

CREATE TABLE waveform (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    received_ns INTEGER NOT NULL CHECK (received_ns >= 0),
    metric TEXT NOT NULL,
    sample_period_ns INTEGER NOT NULL CHECK (sample_period_ns >= 0),
    scale REAL NOT NULL,
    encoding INTEGER NOT NULL,
    samples BLOB NOT NULL
) STRICT;

CREATE TABLE alarm (
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
    signal TEXT NOT NULL CHECK (signal IN ('off', 'on', 'latched', 'acknowledged')),
    superseded INTEGER NOT NULL CHECK (superseded IN (0, 1)),
    since_ns INTEGER NOT NULL CHECK (since_ns >= 0),
    evidence TEXT NOT NULL
) STRICT;

-- Finds the last episode of a bed, and how each episode stood last.
CREATE INDEX alarm_by_episode ON alarm (bed, occurrence);

CREATE TABLE link (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    state TEXT NOT NULL CHECK (state IN ('disconnected', 'connecting', 'connected'))
) STRICT;

CREATE TABLE discarded (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    bytes INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;

CREATE TABLE device_alarm (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high')),
    text TEXT NOT NULL
) STRICT;

CREATE TABLE identity (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    text TEXT NOT NULL
) STRICT;

CREATE TABLE operator (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    action TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    "by" TEXT NOT NULL
) STRICT;

CREATE TABLE dosing (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    running INTEGER NOT NULL CHECK (running IN (0, 1))
) STRICT;

CREATE TABLE recording (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    running INTEGER NOT NULL CHECK (running IN (0, 1))
) STRICT;

-- What a person wanted, written before it is done; operator says that it was done.
CREATE TABLE intent (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    action TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    station TEXT,
    request TEXT NOT NULL
) STRICT;

-- Numbers of a run of which some are not stored: lost says how many.
CREATE TABLE gap (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    first_number INTEGER NOT NULL CHECK (first_number > 0),
    last_number INTEGER NOT NULL,
    lost INTEGER NOT NULL CHECK (lost > 0),
    cause TEXT NOT NULL CHECK (cause IN (
        'too_slow', 'storage_failed', 'process_ended', 'set_aside', 'refused')),
    CHECK (lost <= last_number - first_number + 1)
) STRICT;

-- Clients were told of these numbers before the kernel had them.
CREATE TABLE told_early (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    first_number INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    CHECK (last_number >= first_number)
) STRICT;

-- Nothing that is written is changed or deleted; a correction is another row.
CREATE TRIGGER run_is_not_changed BEFORE UPDATE ON run
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER run_is_not_deleted BEFORE DELETE ON run
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER bed_is_not_changed BEFORE UPDATE ON bed
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER bed_is_not_deleted BEFORE DELETE ON bed
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER device_is_not_changed BEFORE UPDATE ON device
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER device_is_not_deleted BEFORE DELETE ON device
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER batch_is_not_changed BEFORE UPDATE ON batch
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER batch_is_not_deleted BEFORE DELETE ON batch
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER numeric_is_not_changed BEFORE UPDATE ON numeric
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER numeric_is_not_deleted BEFORE DELETE ON numeric
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER cuff_is_not_changed BEFORE UPDATE ON cuff
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER cuff_is_not_deleted BEFORE DELETE ON cuff
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER waveform_is_not_changed BEFORE UPDATE ON waveform
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER waveform_is_not_deleted BEFORE DELETE ON waveform
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER alarm_is_not_changed BEFORE UPDATE ON alarm
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER alarm_is_not_deleted BEFORE DELETE ON alarm
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER link_is_not_changed BEFORE UPDATE ON link
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER link_is_not_deleted BEFORE DELETE ON link
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER discarded_is_not_changed BEFORE UPDATE ON discarded
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER discarded_is_not_deleted BEFORE DELETE ON discarded
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER device_alarm_is_not_changed BEFORE UPDATE ON device_alarm
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER device_alarm_is_not_deleted BEFORE DELETE ON device_alarm
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER identity_is_not_changed BEFORE UPDATE ON identity
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER identity_is_not_deleted BEFORE DELETE ON identity
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER operator_is_not_changed BEFORE UPDATE ON operator
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER operator_is_not_deleted BEFORE DELETE ON operator
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER dosing_is_not_changed BEFORE UPDATE ON dosing
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER dosing_is_not_deleted BEFORE DELETE ON dosing
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER recording_is_not_changed BEFORE UPDATE ON recording
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER recording_is_not_deleted BEFORE DELETE ON recording
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER intent_is_not_changed BEFORE UPDATE ON intent
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER intent_is_not_deleted BEFORE DELETE ON intent
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER gap_is_not_changed BEFORE UPDATE ON gap
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER gap_is_not_deleted BEFORE DELETE ON gap
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER told_early_is_not_changed BEFORE UPDATE ON told_early
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER told_early_is_not_deleted BEFORE DELETE ON told_early
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
