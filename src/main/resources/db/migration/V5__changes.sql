-- What every node has to hear of, so that one that was cut off, stopped or told nothing can ask what it missed.

-- Digests of tokens, keys and groups of which something remembered is no longer true. The transaction is noted rather than
-- a number: numbers appear in another order than they are drawn in, and a reader would pass one over for good.
CREATE TABLE untrue_facts (
    xact     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    digest   bytea NOT NULL,
    noted_at bigint NOT NULL DEFAULT extract(epoch FROM now())::bigint
);
CREATE INDEX untrue_facts_xact ON untrue_facts (xact);
CREATE INDEX untrue_facts_noted_at ON untrue_facts (noted_at);

-- The newest transaction whose digests were removed: whoever has not seen it forgets everything.
CREATE TABLE untrue_facts_removed (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xact      xid8 NOT NULL
);
INSERT INTO untrue_facts_removed (xact) VALUES ('3');

-- Nodes that can write here. One that is seen here and not in the cluster is on the other side of a split.
CREATE TABLE nodes (
    node_id text PRIMARY KEY,
    seen_at timestamptz NOT NULL
);
