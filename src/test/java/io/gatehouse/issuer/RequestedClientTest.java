package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.Configs;
import io.gatehouse.oauth.OAuth2Exception;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what the metadata of a registration costs before it is refused (RFC 7591 §5). */
class RequestedClientTest {
    /** As many elements as a body of 64 KiB can have. */
    private static List<Object> unreadable() {
        return new AbstractList<>() {
            @Override
            public Object get(int index) {
                throw new AssertionError("an element is read");
            }

            @Override
            public int size() {
                return 10_000;
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"grant_types", "response_types", "redirect_uris"})
    void longArray_isRefusedUnread(String member) {
        OAuth2Config config = Configs.of(Map.of());
        Map<String, Object> members = Map.of(member, unreadable());

        assertThatThrownBy(() -> new RequestedClient(members, config)).isInstanceOf(OAuth2Exception.class);
    }
}
