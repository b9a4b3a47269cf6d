-- Not only those who write: every node that remembers something, whether or not it reaches this database itself, so that a
-- change can name those it may not have reached. It counts for as long as the node may believe it without asking again.
ALTER TABLE nodes
    ADD COLUMN writes boolean NOT NULL DEFAULT true,
    ADD COLUMN remembers_until timestamptz;
