-- Names the tables of the change feed in the glossary's words (CONTRIBUTING.md). Nodes of the previous version keep working
-- during a roll-out: under the old names are views that PostgreSQL updates by itself. A later version drops the views.

-- In this order, which is that of every statement that locks more than one of the tables.
ALTER TABLE untrue_facts RENAME TO credential_invalidations;
ALTER INDEX untrue_facts_xact RENAME TO credential_invalidations_xact;
ALTER INDEX untrue_facts_noted_at RENAME TO credential_invalidations_noted_at;
ALTER TABLE untrue_facts_removed RENAME TO credential_invalidations_trimmed;
ALTER INDEX untrue_facts_removed_pkey RENAME TO credential_invalidations_trimmed_pkey;
ALTER TABLE nodes RENAME TO node_contacts;
ALTER INDEX nodes_pkey RENAME TO node_contacts_pkey;
ALTER TABLE node_contacts RENAME COLUMN remembers_until TO stale_after;

COMMENT ON TABLE credential_invalidations IS
    'The digests of credentials whose cached state is invalid, with the transaction that changed them.';
COMMENT ON TABLE credential_invalidations_trimmed IS
    'The newest transaction whose invalidations were removed. A node that has not seen it drops every cached state.';
COMMENT ON TABLE node_contacts IS
    'The last contact of every active node. Its cached state is usable until stale_after.';

CREATE VIEW untrue_facts AS SELECT xact, digest, noted_at FROM credential_invalidations;
CREATE VIEW untrue_facts_removed AS SELECT singleton, xact FROM credential_invalidations_trimmed;
CREATE VIEW nodes AS SELECT node_id, seen_at, writes, stale_after AS remembers_until, name FROM node_contacts;
