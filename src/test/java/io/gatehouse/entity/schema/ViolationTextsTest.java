package io.gatehouse.entity.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.SchemaViolation;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the texts of violations by entity and field (docs/reference/admin-api.md#errors, docs/reference/admin-api.md#entities). */
class ViolationTextsTest {

    private static EntitySchema schema(String name) {
        return EntitySchemas.find(name).orElseThrow();
    }

    private static String violation(String schema, String json) {
        Map<String, Object> document = new JsonObject(json.replace('`', '"')).getMap();
        return String.valueOf(
                catchThrowableOfType(SchemaViolation.class, () -> schema(schema).check(document))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "services|{}|host: required field missing",
                "services|{`host`:`h`,`port`:65536}|port: value should be between 0 and 65535",
                "services|{`host`:`h`,`port`:-1}|port: value should be between 0 and 65535",
                "services|{`host`:`h`,`port`:18446744073709551616}|port: value should be between 0 and 65535",
                "plugins|{`name`:`rate-limiting`,`config`:{`minute`:5,`redis`:{`database`:18446744073709551616}}}|config.redis.database: expected an integer",
                "services|{`host`:`h`,`retries`:1.5}|retries: expected an integer",
                "services|{`host`:`h`,`protocol`:`ftp`}|protocol: expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp",
                "services|{`host`:`h`,`path`:`p`}|path: should start with: /",
                "services|{`host`:`h`,`path`:`/a//b`}|path: must not have empty segments",
                "services|{`host`:`a b`}|host: invalid value: a b",
                "services|{`host`:`123`}|host: invalid value: 123",
                "services|{`host`:`1.2.3.256`}|host: invalid value: 1.2.3.256",
                "services|{`host`:`1:2:3`}|host: invalid value: 1:2:3",
                "services|{`host`:`a-.test`}|host: invalid value: a-.test",
                "services|{`host`:`a..test`}|host: invalid value: a..test",
                "services|{`host`:`a.test:80`}|host: must not have a port",
                "services|{`host`:`a.test:70000`}|host: must not have a port",
                "services|{`host`:`10.0.0.1:80`}|host: must not have a port",
                "services|{`host`:`h`,`id`:`x`}|id: expected a valid UUID",
                "services|{`host`:`h`,`created_at`:0}|created_at: expected a valid timestamp",
                "services|{`host`:`h`,`name`:``}|name: length must be at least 1",
                "services|{`host`:`h`,`tags`:[`a,b`]}|tags.1: invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
                "services|{`host`:`h`,`tags`:{}}|tags: expected a set",
                "services|{`host`:`h`,`protocol`:`https`,`ca_certificates`:[`x`]}|ca_certificates.1: expected a valid UUID",
                "services|{`host`:`h`,`tls_verify`:true}|failed conditional validation given value of field 'protocol'; tls_verify: value must be null",
                "services|{`host`:`h`,`protocol`:`grpc`,`path`:`/a`}|failed conditional validation given value of field 'protocol'; path: value must be null",
                "services|{`host`:`h`,`connect_timeout`:0}|connect_timeout: value should be between 1 and 2147483646",
                "services|{`url`:`nonsense`,`host`:`h`}|host: required field missing; path: should start with: /",
                "services|{`url`:`http://`,`host`:`h`}|host: required field missing",
                "services|{`url`:`http:///p`,`host`:`h`}|host: required field missing",
                "services|{`url`:`http://a b`}|host: invalid value: a b",
                "services|{`url`:`ftp://h`}|protocol: expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp",
                "services|{`url`:`http://h:70000`}|port: value should be between 0 and 65535",
                "routes|{}|must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'",
                "routes|{`protocols`:[`http`]}|must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'",
                "routes|{`protocols`:[`grpc`],`strip_path`:false}|must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'",
                "routes|{`protocols`:[`grpc`],`paths`:[`/a`],`strip_path`:true}|strip_path: cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
                "routes|{`protocols`:[`grpcs`],`paths`:[`/a`],`methods`:[`GET`]}|methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
                "routes|{`protocols`:[`tcp`],`sources`:[{`port`:1}],`paths`:[`/a`]}|paths: cannot set 'paths' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'",
                "routes|{`paths`:[`/a`],`sources`:[{`port`:1}]}|sources: cannot set 'sources' when 'protocols' is 'http' or 'https'",
                "routes|{`protocols`:[`tls_passthrough`],`snis`:[`a.test`],`hosts`:[`a`]}|hosts: cannot set 'hosts' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'",
                "routes|{`protocols`:[`tls_passthrough`]}|must set snis when 'protocols' is 'tls_passthrough'",
                "routes|{`protocols`:[`tls_passthrough`],`sources`:[{`port`:1}]}|must set snis when 'protocols' is 'tls_passthrough'",
                "routes|{`protocols`:[`tcp`],`snis`:[`a.test`]}|'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'; snis: length must be 0",
                "routes|{`protocols`:[`tcp`],`sources`:[{`ip`:`10.0.0.0/33`}]}|sources.1.ip: invalid ip or cidr range: '10.0.0.0/33'",
                "routes|{`protocols`:[`tcp`],`destinations`:[{`port`:1},{`ip`:`db.test`}]}|destinations.2.ip: invalid ip or cidr range: 'db.test'",
                "routes|{`protocols`:[`tcp`],`sources`:[{`port`:65536}]}|sources.1.port: value should be between 0 and 65535",
                "routes|{`protocols`:[`tcp`],`sources`:{`port`:1}}|sources: expected a set",
                "routes|{`protocols`:[`smtp`],`paths`:[`/`]}|protocols: unknown type: smtp",
                "routes|{`protocols`:[`tcp`]}|must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'",
                "upstreams|{`name`:`1.2.3.4`}|name: Invalid name ('1.2.3.4'); no ip addresses allowed",
                "upstreams|{`name`:`1.2.3.4:80`}|name: Invalid name ('1.2.3.4:80'); no ip addresses allowed",
                "upstreams|{`name`:`::1`}|name: Invalid name ('::1'); no ip addresses allowed",
                "upstreams|{`name`:`a.b:80`}|name: Invalid name ('a.b:80'); no port allowed",
                "upstreams|{`name`:`a b`}|name: Invalid name ('a b'); must be a valid hostname",
                "upstreams|{`name`:`1.2.3`}|name: Invalid name ('1.2.3'); must be a valid hostname",
                "upstreams|{`name`:`a.b-`}|name: Invalid name ('a.b-'); must be a valid hostname",
                "upstreams|{`name`:`u`,`host_header`:`a b`}|host_header: invalid hostname: a b",
                "upstreams|{`name`:`u`,`host_header`:`1.2.3`}|host_header: invalid ipv4 address: 1.2.3",
                "upstreams|{`name`:`u`,`host_header`:`a.test:70000`}|host_header: invalid port number",
                "snis|{`name`:`a b`,`certificate`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|name: invalid value: a b",
                "snis|{`name`:`10.0.0.1`,`certificate`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|name: must not be an IP",
                "snis|{`name`:`a.test:80`,`certificate`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|name: must not have a port",
                "snis|{`name`:`a.*.test`,`certificate`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|name: wildcard must be leftmost or rightmost character",
                "snis|{`name`:`*.test.*`,`certificate`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|name: only one wildcard must be specified",
                "routes|{`snis`:[`a.*.test`]}|snis.1: wildcard must be leftmost or rightmost character",
                "routes|{`snis`:[`10.0.0.1`]}|snis.1: must not be an IP",
                "upstreams|{`name`:`u`,`hash_on`:`header`}|failed conditional validation given value of field 'hash_on'; hash_on_header: required field missing",
                "upstreams|{`name`:`u`,`hash_fallback`:`ip`}|failed conditional validation given value of field 'hash_on'; hash_fallback: expected one of: none",
                "jwt_secrets|{`algorithm`:`RS256`,`consumer`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|failed conditional validation given value of field 'algorithm'; rsa_public_key: required field missing",
                "jwt_secrets|{`algorithm`:`EdDSA`,`rsa_public_key`:`-----BEGIN PUBLIC KEY-----\\nMAowBQYDK2VwAwEA\\n-----END PUBLIC KEY-----`,`consumer`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|failed conditional validation given value of field 'algorithm'; rsa_public_key: invalid key",
                "jwt_secrets|{`algorithm`:`ES256`,`rsa_public_key`:`x`,`consumer`:{`id`:`6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11`}}|failed conditional validation given value of field 'algorithm'; rsa_public_key: invalid key",
                "services|{`host`:`h`,`port`:null}|port: required field missing",
                "routes|{`protocols`:[]}|protocols: unknown type: nil",
                "routes|{`paths`:[`a`]}|paths.1: should start with: / (fixed path) or ~/ (regex path)",
                "routes|{`paths`:[`/a`,`~/(`]}|paths.2: invalid regex: '/(' (RE2 returned: missing closing ))",
                "routes|{`paths`:[`~/((((a{30}){30}){30}){30}){30}`]}|paths.1: invalid regex: '/((((a{30}){30}){30}){30}){30}' (RE2 returned: expression too large)",
                "routes|{`hosts`:[`*.*.a`]}|hosts.1: invalid wildcard: must have at most one wildcard",
                "routes|{`hosts`:[`a.*.b`]}|hosts.1: invalid wildcard: must be placed at leftmost or rightmost label",
                "routes|{`hosts`:[`a b`]}|hosts.1: invalid hostname: a b",
                "routes|{`hosts`:[`1.2.3`]}|hosts.1: invalid ipv4 address: 1.2.3",
                "routes|{`hosts`:[`a.test:70000`]}|hosts.1: invalid port number",
                "routes|{`methods`:[`get`]}|methods.1: invalid value: get",
                "upstreams|{`name`:`u`,`hash_on_header`:`x y`}|hash_on_header: bad header name 'x y', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
                "upstreams|{`name`:`u`,`hash_on_cookie`:`a b`}|hash_on_cookie: contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters ()<>@,;:\\\"/?={}[] are not allowed.",
                "routes|{`paths`:[`/`],`headers`:{`x`:`y`}}|headers: expected an array",
                "routes|{`paths`:[`/`],`headers`:{`Host`:[`y`]}}|headers: cannot contain 'host' header, which must be specified in the 'hosts' attribute",
                "routes|{`paths`:[`/`],`service`:`x`}|service.id: missing primary key",
                "routes|{`paths`:[`/`],`service`:{}}|service.id: missing primary key",
                "routes|{`paths`:[`/`],`service`:{`id`:5}}|service.id: expected a string",
                "routes|{`paths`:[`/`],`service`:{`id`:`5`}}|service.id: expected a valid UUID",
                "routes|{`paths`:[`/`],`https_redirect_status_code`:303}|https_redirect_status_code: expected one of: 426, 301, 302, 307, 308",
                "consumers|{}|at least one of these fields must be non-empty: 'custom_id', 'username'",
                "consumers|{`username`:``}|at least one of these fields must be non-empty: 'custom_id', 'username'; username: length must be at least 1",
                "plugins|{}|name: required field missing",
                "oauth2_tokens|{`expires_in`:-1,`credential`:{`id`:`x`}}|credential.id: expected a valid UUID; expires_in: value should be between 0 and 2147483647",
                "oauth2_tokens|{`delete_at`:1,`expires_in`:1,`credential`:{`name`:`x`}}|credential.id: missing primary key; delete_at: unknown field",
            })
    void aViolationHasKongsText(String schema, String json, String text) {
        String expected = text.contains("; ") && !text.contains("'); ")
                ? "2 schema violations (" + text + ")"
                : "schema violation (" + text + ")";
        assertThat(violation(schema, json)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{`protocols`:[`tcp`],`sources`:[{`ip`:`10.0.0.1`,`port`:9000},{`ip`:`2001:db8::/32`},{`port`:1}]}",
                "{`protocols`:[`tcp`,`tls`],`destinations`:[{`ip`:`::1`}],`snis`:[`a.test`]}",
                "{`protocols`:[`tls`],`snis`:[`*.a.test`]}",
                "{`protocols`:[`tls_passthrough`],`snis`:[`a.test`],`sources`:[{`ip`:`10.0.0.0/8`}]}"
            })
    void aRouteOfConnectionsIsAccepted(String route) {
        EntitySchemas.ROUTES.check(new JsonObject(route.replace('`', '"')).getMap());
    }

    @Test
    void anEntryOfSourcesHasAnAddressOrAPort() {
        assertThat(violation("routes", "{`protocols`:[`tcp`],`sources`:[{}]}"))
                .contains("at least one of these fields must be non-empty: 'ip', 'port'");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h,http,h,80,",
        "https://h,https,h,443,",
        "grpcs://h:1,grpcs,h,1,",
        "https://h:1/,https,h,1,/",
        "HTTP://H/p?q=1#f,http,H,80,/p",
        "http://my_host:8080/a%20b,http,my_host,8080,/a%20b",
        "http://[::1]:9/x,http,[::1],9,/x",
        "http://user:secret@h:5,http,h,5,",
        "http://h:/,http,h,80,/"
    })
    void aUrlIsExpandedToItsParts(String url, String protocol, String host, long port, String path) {
        Document service = schema("services").check(Map.of("url", url));
        assertThat(service.string("protocol")).isEqualTo(protocol);
        assertThat(service.string("host")).isEqualTo(host);
        assertThat(service.integer("port")).isEqualTo(port);
        assertThat(service.optionalString("path")).isEqualTo(path);
        assertThat(service.values()).doesNotContainKey("url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example", "*.example", "example.*", "a.example:8080", "localhost", "10.0.0.1", "[::1]"})
    void aRouteHostMayHaveOneWildcardLabelAndAPort(String host) {
        Document route = schema("routes").check(Map.of("hosts", java.util.List.of(host)));
        assertThat(route.strings("hosts")).containsExactly(host);
    }

    @Test
    void setsDropDuplicatesAndArraysKeepThem() {
        Document route = schema("routes")
                .check(new JsonObject("{\"methods\":[\"B\",\"A\",\"B\"],\"paths\":[\"/b\",\"/a\",\"/b\"]}").getMap());
        assertThat(route.strings("methods")).containsExactly("B", "A");
        assertThat(route.strings("paths")).containsExactly("/b", "/a", "/b");
    }

    /** The records of a set are not compared with each other: a client can choose 65,536 with one hash code. */
    @Test
    @Timeout(30)
    void recordsOfASetWithOneHashCode_areCheckedInTurn() {
        List<Map<String, String>> sources = new ArrayList<>();
        for (int i = 0; i < 1 << 16; i++) {
            StringBuilder address = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                boolean isFirstOfGroup = bit > 0 && bit % 2 == 0;
                address.append(isFirstOfGroup ? ":" : "").append((i & (1 << bit)) == 0 ? "Aa" : "BB");
            }
            sources.add(Map.of("ip", address.toString()));
        }
        assertThat(sources.stream().map(Map::hashCode).distinct()).hasSize(1);

        Document route = schema("routes").check(Map.of("protocols", List.of("tcp"), "sources", sources));

        assertThat((List<?>) route.values().get("sources")).hasSize(1 << 16);
    }

    @Test
    void aGrpcRouteDoesNotStripItsPath() {
        Document route = schema("routes")
                .check(new JsonObject("{\"protocols\":[\"grpc\",\"grpcs\"],\"paths\":[\"/a\"]}").getMap());
        assertThat(route.flag("strip_path")).isFalse();
        assertThat(schema("routes")
                        .check(new JsonObject("{\"paths\":[\"/a\"]}").getMap())
                        .flag("strip_path"))
                .isTrue();
    }

    @Test
    void aHostMayHaveALongLabel() {
        String host = "a".repeat(64) + ".test";
        assertThat(schema("services").check(Map.of("host", host)).string("host"))
                .isEqualTo(host);
    }

    @Test
    void anHmacCredentialMayHaveAnyPublicKey() {
        Document credential = schema("jwt_secrets")
                .check(Map.of("rsa_public_key", "x", "consumer", Map.of("id", "6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11")));
        assertThat(credential.string("rsa_public_key")).isEqualTo("x");
    }

    @Test
    void anIdIsKeptInItsCanonicalForm() {
        Document consumer =
                schema("consumers").check(Map.of("id", "6A1F8F9A-7F5B-4A49-9B1C-2F6A3B0C9D11", "username", "u"));
        assertThat(consumer.string("id")).isEqualTo("6a1f8f9a-7f5b-4a49-9b1c-2f6a3b0c9d11");
    }

    @Test
    void aWholeNumberIsAnIntegerInAnyForm() {
        Document service = schema("services").check(new JsonObject("{\"host\":\"h\",\"port\":8e1}").getMap());
        assertThat(service.integer("port")).isEqualTo(80);
    }
}
