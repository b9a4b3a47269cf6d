package io.gatehouse.proxy.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConnectionHeaderTest {

    @Test
    void namesOfSeveralLinesAreRead() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Connection", "keep-alive")
                .add("connection", " A ,b")
                .add("connection", "close");

        assertThat(ConnectionHeader.named(headers)).containsExactly("A", "b");
        assertThat(ConnectionHeader.contains(ConnectionHeader.named(headers), "B"))
                .isTrue();
        assertThat(ConnectionHeader.contains(ConnectionHeader.named(headers), "c"))
                .isFalse();
    }

    /** Each field is compared with them, so a list would make the cost of a head grow with the square of its size. */
    @Test
    void manyNamesAreASet() {
        String names = IntStream.range(0, 8_000).mapToObj(i -> "a" + i).collect(Collectors.joining(","));
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Connection", names);

        assertThat(ConnectionHeader.named(headers)).isInstanceOf(Set.class).hasSize(8_000);
        assertThat(ConnectionHeader.contains(ConnectionHeader.named(headers), "A7999"))
                .isTrue();
    }
}
