-- Kong gives the times of a target with milliseconds.
ALTER TABLE targets
    ALTER COLUMN created_at TYPE double precision,
    ALTER COLUMN updated_at TYPE double precision;
