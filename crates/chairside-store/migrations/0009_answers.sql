-- Of a person's action which call of the bed it answers. Explained in docs/recording.md.

-- Empty where the action does not answer a bed.
ALTER TABLE operator ADD COLUMN "call" INTEGER;
ALTER TABLE intent ADD COLUMN "call" INTEGER;
