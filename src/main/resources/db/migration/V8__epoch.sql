-- Names the history that the catalog's versions and the transactions belong to. It changes when a replica is promoted, when
-- a backup is replayed to a point in time (PostgreSQL's timeline) and when a dump is restored (the table's oid), so that a
-- node notices a database that was set back although its numbers have overtaken those that the node has seen.
CREATE FUNCTION gatehouse_epoch() RETURNS text
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    restored oid := 'catalog_version'::regclass;
BEGIN
    RETURN (SELECT system_identifier FROM pg_control_system())
        || '.' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '.' || restored;
-- A service that hides its write-ahead log, or a server in recovery.
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR object_not_in_prerequisite_state THEN
    RETURN restored::text;
END $$;
