-- Of a person's action which session it opens or closes, and for whom. Explained in docs/recording.md.

-- All three are empty where the action is not about a session.
ALTER TABLE operator ADD COLUMN session TEXT;
ALTER TABLE operator ADD COLUMN initials TEXT;
ALTER TABLE operator ADD COLUMN patient_number TEXT;

ALTER TABLE intent ADD COLUMN session TEXT;
ALTER TABLE intent ADD COLUMN initials TEXT;
ALTER TABLE intent ADD COLUMN patient_number TEXT;
