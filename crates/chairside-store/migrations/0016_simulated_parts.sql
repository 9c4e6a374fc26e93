-- A message says SIMULATED of what was simulated when it alarmed, also after a restart. Explained in
-- docs/recording.md.

-- 0 in what an older version wrote, which did not keep it.
ALTER TABLE delivery_part ADD COLUMN simulated INTEGER NOT NULL DEFAULT 0
    CHECK (simulated IN (0, 1));
