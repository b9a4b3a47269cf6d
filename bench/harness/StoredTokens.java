package bench;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Tokens that SQL inserts into the database of a node, with the digest by which a node finds them. No node has cached them.
 *
 * @param first number of the first token
 */
record StoredTokens(long first, int count) {
    /** Skips the triggers of inserted rows, which take most of the time: the owners exist. */
    static final String WITHOUT_TRIGGERS = "SET session_replication_role = replica";

    static final String NOW = "floor(extract(epoch FROM now()))::bigint";
    static final int LIFE_SECONDS = (int) TimeUnit.DAYS.toSeconds(1);
    /** As long as a token that a node issues. */
    private static final int LENGTH = 32;

    private static final String INTO = "INSERT INTO oauth2_tokens"
            + " (id, created_at, service_id, credential_id, token_type, expires_in, access_token_digest, delete_at)"
            + " SELECT gen_random_uuid(), " + NOW + ", ";

    /**
     * Returns the statement that inserts tokens.
     *
     * @param service expression for the id of the Service
     * @param credential expression for the id of the application
     * @param text expression for the access token
     * @param deleteAt expression for the time of removal
     * @param rows what follows FROM
     */
    static String insert(String service, String credential, String text, String deleteAt, String rows) {
        return INTO + service + ", " + credential + ", 'bearer', " + LIFE_SECONDS + ", sha256((" + text + ")::bytea), "
                + deleteAt + " FROM " + rows;
    }

    /** Inserts the tokens. {@code isOfService}: only the Service {@code protected} accepts them. Their application is that of {@link Load#CLIENT}. */
    void insert(Postgres postgres, String database, boolean isOfService) {
        postgres.execute(
                database,
                WITHOUT_TRIGGERS,
                insert(
                        isOfService ? "(SELECT id FROM services WHERE name = 'protected')" : "NULL::uuid",
                        "(SELECT id FROM oauth2_credentials WHERE client_id = 'bench-client')",
                        "lpad(n::text, " + LENGTH + ", '0')",
                        NOW + " + " + LIFE_SECONDS,
                        "generate_series(" + first + ", " + (first + count - 1) + ") n"),
                "VACUUM (ANALYZE) oauth2_tokens");
    }

    /** Returns a token by its place in the table. */
    LongFunction<String> texts() {
        return place -> String.format(Locale.ROOT, "%0" + LENGTH + "d", first + place);
    }

    /** Returns tokens of all parts of the table. */
    LongFunction<String> sample(int size) {
        return place -> texts().apply(place % size * count / size);
    }
}
