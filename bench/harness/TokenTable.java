package bench;

import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node with every role, and a database with many tokens. Each Consumer has one application, and each application ten tokens, which are
 * far apart in the table.
 */
final class TokenTable {
    private static final int TOKENS_OF_EACH = 10;
    /** Keeps the address of the Service valid. No request gets that far. */
    private static final String NO_UPSTREAM = "127.0.0.1:9";

    private static final String APPLICATION = "md5('application ' || n %% %d)::uuid";
    private static final int UNAUTHORIZED = 401;

    private final Postgres postgres;
    private final String name;
    private final int tokens;
    private final int consumers;
    private final AtomicLong revoked = new AtomicLong();
    private final Node node;

    private TokenTable(Postgres postgres, String name, int tokens, Node node) {
        this.postgres = postgres;
        this.name = name;
        this.tokens = tokens;
        this.consumers = consumers(tokens);
        this.node = node;
    }

    static TokenTable create(Processes processes, Settings settings, Postgres postgres, String name, int tokens) {
        Map<String, String> database = postgres.database(name);
        // The first one makes the tables. While they are filled, no node holds them.
        Node first = Node.start(
                processes, settings, name, Node.java(settings, true), "proxy,admin,token-issuer", database);
        Load.configure(first, NO_UPSTREAM);
        first.stop();
        fill(postgres, name, tokens, consumers(tokens));
        Node node = Node.start(
                processes, settings, name, Node.java(settings, true), "proxy,admin,token-issuer", database);
        return new TokenTable(postgres, name, tokens, node);
    }

    private static int consumers(int tokens) {
        return Math.max(1, tokens / TOKENS_OF_EACH);
    }

    /** Inserts everything. Indexes of tokens are dropped before and built afterwards, which is faster by minutes. */
    private static void fill(Postgres postgres, String name, int tokens, int consumers) {
        String application = String.format(Locale.ROOT, APPLICATION, consumers);
        postgres.execute(
                name,
                StoredTokens.WITHOUT_TRIGGERS,
                "SET maintenance_work_mem = '512MB'",
                "INSERT INTO consumers (id, created_at, updated_at, username) SELECT md5('consumer ' || n)::uuid, "
                        + StoredTokens.NOW + ", " + StoredTokens.NOW + ", 'consumer-' || n FROM generate_series(0, "
                        + (consumers - 1) + ") n",
                "INSERT INTO oauth2_credentials (id, created_at, consumer_id, name, client_id, client_secret, hash_secret,"
                        + " client_type) SELECT " + application + ", " + StoredTokens.NOW
                        + ", md5('consumer ' || n)::uuid, 'application', 'client-' || n, 'secret', false, 'confidential'"
                        + " FROM generate_series(0, " + (consumers - 1) + ") n",
                """
                CREATE TEMPORARY TABLE indexes AS
                SELECT format('ALTER TABLE oauth2_tokens DROP CONSTRAINT %I', conname) AS remove,
                       format('ALTER TABLE oauth2_tokens ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS build
                  FROM pg_constraint WHERE conrelid = 'oauth2_tokens'::regclass AND contype IN ('p', 'u')
                UNION ALL
                SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
                  FROM pg_index i
                 WHERE indrelid = 'oauth2_tokens'::regclass
                   AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)""",
                forEach("remove"),
                StoredTokens.insert(
                        "NULL::uuid",
                        application,
                        "'token ' || n",
                        StoredTokens.NOW + " + " + StoredTokens.LIFE_SECONDS + " + n % 7200",
                        "generate_series(0, " + (tokens - 1) + ") n"),
                forEach("build"),
                "VACUUM (FREEZE, ANALYZE) oauth2_tokens, oauth2_credentials, consumers",
                "CHECKPOINT");
    }

    private static String forEach(String column) {
        return "DO $$ DECLARE statement text; BEGIN FOR statement IN SELECT " + column
                + " FROM indexes LOOP EXECUTE statement; END LOOP; END $$";
    }

    String database() {
        return name;
    }

    int tokens() {
        return tokens;
    }

    int consumers() {
        return consumers;
    }

    Node node() {
        return node;
    }

    /** Calls with tokens that do not exist, each with another one. */
    Target unknown() {
        return Target.given(
                node.url("/protected"), number -> UUID.randomUUID().toString().replace("-", ""), UNAUTHORIZED);
    }

    Target issue() {
        return Target.form(node.tlsUrl("/protected/oauth2/token"), Load.CLIENT);
    }

    /** Bulk revocations of the tokens of one application each, and of another one each time. */
    Target revoke() {
        return Target.deletions(
                node.adminUrl("/oauth2_tokens"),
                number -> "credential=client-" + revoked.getAndIncrement() % consumers);
    }

    /** Gives tokens to those of the next applications that have none left: the small table has few applications. */
    void refill(int count) {
        String application = String.format(Locale.ROOT, APPLICATION, consumers);
        long from = revoked.get();
        postgres.execute(
                name,
                StoredTokens.WITHOUT_TRIGGERS,
                StoredTokens.insert(
                        "NULL::uuid",
                        application,
                        "gen_random_uuid()::text",
                        StoredTokens.NOW + " + " + StoredTokens.LIFE_SECONDS,
                        "generate_series(1, " + TOKENS_OF_EACH + ") k, generate_series(" + from + "::bigint, "
                                + (from + Math.min(count, consumers) - 1) + ") n WHERE NOT EXISTS (SELECT 1 FROM"
                                + " oauth2_tokens o WHERE o.credential_id = " + application + ")"));
    }
}
