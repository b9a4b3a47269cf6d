package io.gatehouse.routing;

import io.gatehouse.syntax.Authority;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as the proxy would present it. */
final class RequestFixture implements RouteRequest {

    private String method = "GET";
    private boolean isTls;
    private @Nullable Authority authority = Authority.parse("gateway.test");
    private final String path;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private @Nullable String sni;

    private RequestFixture(String path) {
        this.path = path;
    }

    static RequestFixture get(String path) {
        return new RequestFixture(path);
    }

    RequestFixture method(String value) {
        method = value;
        return this;
    }

    RequestFixture tls() {
        isTls = true;
        return this;
    }

    RequestFixture host(@Nullable String value) {
        authority = value == null ? null : Authority.parse(value);
        return this;
    }

    RequestFixture header(String name, String value) {
        headers.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        return this;
    }

    RequestFixture sni(String value) {
        isTls = true;
        sni = value;
        return this;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public boolean isTls() {
        return isTls;
    }

    @Override
    public int port() {
        return authority == null ? 80 : authority.portOr(isTls ? 443 : 80);
    }

    @Override
    public @Nullable Authority authority() {
        return authority;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public List<String> headers(String name) {
        return headers.getOrDefault(name, List.of());
    }

    @Override
    public @Nullable String sni() {
        return sni;
    }
}
