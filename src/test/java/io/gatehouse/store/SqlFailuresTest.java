package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which errors of PostgreSQL are an outage, 503, and which are a fault of the statement, 500. */
class SqlFailuresTest {
    private static Throwable translated(String sqlState) {
        return SqlFailures.translate(new PgException("failed", "ERROR", sqlState, null));
    }

    /** 25P03: this node was paused inside a transaction. 25P04 and 57P05: limits that an operator sets. 58030: the disk fails. */
    @ParameterizedTest
    @ValueSource(strings = {"25P03", "25P04", "57P05", "58030", "53000", "53400", "53100", "57P01", "25006", "40001"})
    void aServerThatCannotServe_isUnavailable(String sqlState) {
        assertThat(translated(sqlState)).isInstanceOf(StoreException.DatabaseUnavailable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42P01", "42501", "23514", "22P02"})
    void aRejectedStatement_isAFault(String sqlState) {
        assertThat(translated(sqlState)).isInstanceOf(PgException.class);
    }
}
