-- A treatment session is read whole, however long ago it was planned. Explained in
-- docs/recording.md.

CREATE INDEX care_of_session ON care (session, entry);

-- The entries that planned a session: among all that was done, those that nobody came to are found.
CREATE INDEX care_plans ON care (entry) WHERE entry = 1;
