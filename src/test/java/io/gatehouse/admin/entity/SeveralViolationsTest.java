package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which violations a response has if a request has several (docs/reference/admin-api.md#errors). */
class SeveralViolationsTest {
    private static final String AT_LEAST = "at least one of these fields must be non-empty: ";

    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Reply refused(String method, String path, String body) {
        Reply refused = node.send(method, path, "application/json", body.replace('`', '"'));
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        return refused;
    }

    private static JsonObject json(String text) {
        return new JsonObject(text.replace('`', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "/routes|{`nope`:true}|2 schema violations (must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'; nope: unknown field)",
                "/consumers|{`nope`:true}|2 schema violations (at least one of these fields must be non-empty: 'custom_id', 'username'; nope: unknown field)",
                "/services|{`protocol`:`tcp`,`path`:5}|3 schema violations (failed conditional validation given value of field 'protocol'; host: required field missing; path: value must be null)",
                "/upstreams|{`name`:`u`,`hash_on`:`consumer`,`hash_fallback`:`nope`}|2 schema violations (failed conditional validation given value of field 'hash_on'; hash_fallback: expected one of: none, ip, header, cookie, path, query_arg, uri_capture)",
                "/upstreams|{`name`:`u`,`hash_on`:`header`,`hash_on_header`:`a b`}|2 schema violations (failed conditional validation given value of field 'hash_on'; hash_on_header: bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-')",
                "/upstreams|{`name`:`u`,`hash_on`:`nope`,`hash_fallback`:`ip`}|schema violation (hash_on: expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture)",
                "/upstreams|{`name`:`a b`,`hash_on`:`cookie`}|3 schema violations (failed conditional validation given value of field 'hash_on'; hash_on_cookie: required field missing; name: Invalid name ('a b'); must be a valid hostname)",
                "/keys|{`kid`:5}|2 schema violations (at least one of these fields must be non-empty: 'jwk', 'pem'; kid: expected a string)",
                "/keys|{`kid`:`k`,`jwk`:5,`pem`:{`public_key`:`x`}}|2 schema violations (jwk: expected a string; pem: could not load public key)",
                "/certificates|{`cert`:`x`}|2 schema violations (cert: invalid certificate: not X.509 in PEM; key: required field missing)"
            })
    void aCheckOfSeveralFieldsRunsBesideAViolationOfOne(String path, String body, String message) {
        assertThat(refused("POST", path, body).message()).isEqualTo(message);
    }

    @Test
    void aRouteWithoutItsOwnFieldsHasEachViolationOfThem() {
        String id = node.post(
                        "/routes",
                        Map.of("hosts", List.of("a.test"), "methods", List.of("GET"), "snis", List.of("b.test")))
                .id();

        Reply refused = refused("PATCH", "/routes/" + id, "{`protocols`:[`http`],`hosts`:null,`methods`:null}");

        assertThat(refused.json().getJsonObject("fields"))
                .isEqualTo(json(
                        "{`@entity`:[`'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'`,"
                                + "`must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'`],"
                                + "`snis`:`length must be 0`}"));
    }

    @Test
    void aPluginHasTheViolationsOfItsConfigAndItsOwn() {
        Reply acl = refused("POST", "/plugins", "{`name`:`acl`,`config`:{`invalid`:1}}");
        assertThat(acl.message())
                .isEqualTo(
                        "3 schema violations (exactly one of these fields must be non-empty: 'config.allow', 'config.deny'; "
                                + AT_LEAST + "'config.allow', 'config.deny'; config.invalid: unknown field)");
        assertThat(refused("POST", "/plugins", "{`name`:`acl`,`config`:{`allow`:[`a`],`deny`:[`b`]}}")
                        .json()
                        .getJsonObject("fields"))
                .isEqualTo(
                        json(
                                "{`@entity`:[`exactly one of these fields must be non-empty: 'config.allow', 'config.deny'`]}"));
        assertThat(refused("POST", "/plugins", "{`name`:`rate-limiting`,`config`:{`second`:`x`}}")
                        .json()
                        .getJsonObject("fields"))
                .isEqualTo(json("{`config`:{`second`:`expected a number`}}"));
        assertThat(refused(
                                "POST",
                                "/plugins",
                                "{`name`:`ldap-auth`,`config`:{`ldap_host`:`h`,`base_dn`:`d`,`attribute`:`a`,`ldaps`:true,`start_tls`:true}}")
                        .json()
                        .getJsonObject("fields"))
                .isEqualTo(
                        json(
                                "{`config`:{`@entity`:[`'ldaps' and 'start_tls' cannot be enabled simultaneously`],`start_tls`:`value must be false`}}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "/plugins|{`nope`:1}|name: required field missing",
                "/plugins|{`name`:null,`enabled`:5}|name: required field missing",
                "/plugins|{`name`:`nope`,`enabled`:5}|name: plugin 'nope' not enabled; add it to the 'plugins' configuration property",
                "/vaults|{`prefix`:`my-env`,`nope`:1}|name: required field missing",
                "/routes|{`protocols`:null,`nope`:1}|protocols: required field missing",
                "/routes|{`protocols`:[`nope`],`nope`:1}|protocols: unknown type: nope",
                "/routes|{`protocols`:[`nope`,`http`],`methods`:[`GET`]}|protocols.1: expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp",
                "/routes|{`protocols`:[`grpc`],`paths`:[`/a`],`methods`:`GET`}|methods: cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
                "/services|{`url`:5,`retries`:-1}|url: expected a string",
                "/services|{`url`:``,`port`:-1}|url: length must be at least 1",
                "/services|{`host`:`h`,`tags`:[null]}|tags.1: required field missing",
                "/routes|{`paths`:[`/a`],`headers`:{`a`:null}}|headers: required field missing",
                "/routes|{`paths`:[`/a`],`headers`:[`a`]}|headers: expected a string",
                "/routes|{`paths`:[`/a`],`headers`:{`a`:[``]}}|headers.1: length must be at least 1"
            })
    void someViolationsAreAlone(String path, String body, String violation) {
        assertThat(refused("POST", path, body).message()).isEqualTo("schema violation (" + violation + ")");
    }

    @Test
    void theProtocolsOfARouteAreOfOneGroup() {
        assertThat(refused("POST", "/routes", "{`protocols`:[`tls`,`http`],`paths`:[`/a`]}")
                        .json()
                        .getJsonObject("fields")
                        .getString("protocols"))
                .isEqualTo("these sets are mutually exclusive: ('tcp', 'tls', 'udp'), ('http', 'https')");
        JsonObject protocols = node.get("/schemas/routes").json().getJsonArray("fields").stream()
                .map(JsonObject.class::cast)
                .filter(field -> field.containsKey("protocols"))
                .findFirst()
                .orElseThrow()
                .getJsonObject("protocols");
        assertThat(protocols.getJsonArray("mutually_exclusive_subsets")).hasSize(4);
    }

    @Test
    void aChangeThatLeavesNoneOfSeveralFieldsHasItsOwnText() {
        String consumer = node.put("/consumers/alex", Map.of()).id();
        assertThat(refused("PATCH", "/consumers/" + consumer, "{`username`:null}")
                        .message())
                .isEqualTo("schema violation (when updating, " + AT_LEAST + "'custom_id', 'username')");
        assertThat(refused("PUT", "/consumers/" + consumer, "{}").message())
                .isEqualTo("schema violation (" + AT_LEAST + "'custom_id', 'username')");

        String route = node.post("/routes", Map.of("protocols", List.of("tcp"), "sources", List.of(Map.of("port", 1))))
                .id();
        assertThat(refused("PATCH", "/routes/" + route, "{`sources`:[{}]}")
                        .json()
                        .getJsonObject("fields")
                        .getJsonArray("sources"))
                .containsExactly(json("{`@entity`:[`when updating, " + AT_LEAST + "'ip', 'port'`]}"));
    }

    @ParameterizedTest
    @CsvSource({"-1", "1.5", "100000001", "'`x`'"})
    void aLifetimeOutsideItsBoundsIsAnInvalidOption(String ttl) {
        node.put("/consumers/brief", Map.of());
        String text = "must be an integer between 0 and 100000000";
        JsonObject expected = new JsonObject()
                .put("code", 11)
                .put("name", "invalid options")
                .put("message", "invalid option (ttl: " + text + ")")
                .put("options", new JsonObject().put("ttl", text));
        String key = node.post("/consumers/brief/key-auth", Map.of()).id();

        assertThat(refused("POST", "/consumers/brief/key-auth", "{`ttl`:" + ttl + ",`nope`:1}")
                        .json())
                .isEqualTo(expected);
        assertThat(refused("PATCH", "/key-auths/" + key, "{`ttl`:" + ttl + "}").json())
                .isEqualTo(expected);
        assertThat(refused("PUT", "/key-auths/" + key, "{`ttl`:" + ttl + "}").json())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "/routes|{`paths`:[`/a`],`protocols`:[null]}|protocols",
                "/routes|{`paths`:[`/a`],`protocols`:[`nope`,null]}|protocols",
                "/services|{`host`:`a.test`,`@entity`:1}|@entity",
                "/plugins|{`name`:`key-auth`,`config`:{`@entity`:1}}|config.@entity",
                "/routes|{`paths`:[`/a`],`service`:{`@entity`:`x`}}|service.@entity",
                "/routes|{`paths`:[`/a`],`service`:{`id`:`typo`,`name`:`a`}}|service.id",
                "/plugins|{`name`:`rate-limiting`,`config`:{`minute`:1,`policy`:`redis`,`redis`:`x`}}|config.redis",
                "/keys|{`kid`:`k`,`pem`:{`public_key`:`-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----`}}|pem"
            })
    void anOddMemberIsAViolationOfItsField(String path, String body, String field) {
        assertThat(refused("POST", path, body).message()).containsPattern("[(; ]" + field + ": ");
    }
}
