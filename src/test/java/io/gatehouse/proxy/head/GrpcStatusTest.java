package io.gatehouse.proxy.head;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The status and the message of gRPC that stand for an error response of HTTP. */
class GrpcStatusTest {
    @ParameterizedTest
    @CsvSource({
        "400, 3", "401, 16", "403, 7", "404, 12", "501, 12", "408, 4", "504, 4", "413, 8", "429, 8", "431, 8", "499, 1",
        "500, 13", "502, 14", "503, 14", "405, 2", "426, 2", "418, 2"
    })
    void everyHttpStatusHasAGrpcStatus(int http, int grpc) {
        assertThat(GrpcStatus.of(http)).isEqualTo(grpc);
    }

    @Test
    void aMessageIsPercentEncoded() {
        assertThat(GrpcStatus.message("50% of \u00e9\n~")).isEqualTo("50%25 of %C3%A9%0A~");
    }
}
