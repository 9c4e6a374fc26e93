-- What became of a person's order to a cuff. Explained table by table in docs/recording.md.

CREATE TABLE cuff_order (
    seq INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
    bed INTEGER NOT NULL REFERENCES bed (id),
    device INTEGER NOT NULL REFERENCES device (id),
    "order" TEXT NOT NULL CHECK ("order" IN ('start', 'stop')),
    answer TEXT NOT NULL CHECK (answer IN (
        'done', 'not_done', 'no_answer', 'not_sent', 'withdrawn', 'overtaken', 'line_lost'
    ))
) STRICT;

CREATE TRIGGER cuff_order_is_not_changed BEFORE UPDATE ON cuff_order
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER cuff_order_is_not_deleted BEFORE DELETE ON cuff_order
BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
