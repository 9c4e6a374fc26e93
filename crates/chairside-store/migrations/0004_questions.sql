-- Indices for the questions that are put to a record while it is being written. Rows lie in the
-- order of time, so that a table is entered by halving over seq; these are for what that does not
-- find. Why there is none over all readings is in docs/adr/0019-history-from-the-record.md.

-- How each alarm of a bed, and each link, stood at a moment.
CREATE INDEX alarm_by_id ON alarm (bed, id);
CREATE INDEX link_by_device ON link (bed, device);

-- What a monitor hands over long after it was measured: few rows, looked for over two days.
CREATE INDEX numeric_aperiodic ON numeric (bed) WHERE metric IN (
    'NibpSystolic', 'NibpDiastolic', 'NibpMean', 'NibpPulseRate', 'Temperature');
