package io.gatehouse.conformance.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests request-transformer against Kong 3.10: headers, query and method. */
class RequestTransformerTest extends TransformerTestBase {
    private static JsonObject upstreamHeaders(String path, String... headers) {
        return api.gatehouse.get(path, headers).isStatus(200).json().getJsonObject("headers");
    }

    @Test
    void headersOfRequestsAreRemovedRenamedReplacedAddedAndAppendedInThisOrder() {
        String path = onRequests(
                "remove.headers=x-gone",
                "rename.headers=x-old:x-new",
                "replace.headers=x-new:replaced,x-missing:no",
                "add.headers=x-gone:again,x-new:no",
                "append.headers=x-many:two");
        JsonObject headers = upstreamHeaders(path, "X-Gone", "1", "X-Old", "1", "X-Many", "one");
        assertThat(headers.getString("x-gone")).isEqualTo("again");
        assertThat(headers.containsKey("x-old")).isFalse();
        assertThat(headers.getString("x-new")).isEqualTo("replaced");
        assertThat(headers.containsKey("x-missing")).isFalse();
        assertThat(headers.getString("x-many")).isEqualTo("one, two");
    }

    @Test
    void queriesAreEditedAndOtherPairsKeepTheirBytes() {
        String path = onRequests(
                "remove.querystring=gone",
                "rename.querystring=old:new",
                "replace.querystring=there:& =",
                "add.querystring=there:no,more:1",
                "append.querystring=k:v");
        assertThat(api.gatehouse
                        .get(path + "?k=%7e%2F+&g%6Fne=1&old=2&there=3&there=4")
                        .json()
                        .getString("uri"))
                .isEqualTo("/?k=%7e%2F+&new=2&there=%26%20%3D&more=1&k=v");
    }

    @Test
    void aRenamedParameterReplacesTheOther() {
        assertThat(api.gatehouse
                        .get(onRequests("rename.querystring=old:new,same:same") + "?new=1&old=2&same=3&old=4")
                        .json()
                        .getString("uri"))
                .isEqualTo("/?new=2&same=3&new=4");
        assertThat(api.gatehouse
                        .get(onRequests("rename.querystring=old:new") + "?new=1")
                        .json()
                        .getString("uri"))
                .isEqualTo("/?new=1");
    }

    @Test
    void cookiesAreJoinedAsCookies() {
        assertThat(upstreamHeaders(onRequests("append.headers=cookie:b=2"), "Cookie", "a=1")
                        .getString("cookie"))
                .isEqualTo("a=1; b=2");
    }

    @Test
    void theMethodIsReplaced() {
        String path = api.protectedBy("request-transformer", new JsonObject().put("http_method", "POST"));
        assertThat(api.gatehouse.get(path).json().getString("method")).isEqualTo("POST");
        String asHead = api.protectedBy("request-transformer", new JsonObject().put("http_method", "HEAD"));
        assertThat(api.gatehouse.get(asHead).isStatus(200).text()).isEmpty();
    }

    @Test
    void aClientCannotForgeTheIdentityThatAPluginCopies() {
        String path = onRequests(
                "add.headers=x-template:$(headers[\"x-consumer-username\"]),x-underscore:$(headers.x_consumer_username)",
                "rename.headers=x-consumer-username:x-renamed",
                "append.headers=x-consumer-groups:own");
        JsonObject open = upstreamHeaders(
                path, "X-Consumer-Username", "forged", "X_Consumer_Username", "forged", "X-Consumer-Groups", "forged");
        assertThat(open.encode()).doesNotContain("forged");
        assertThat(open.getString("x-consumer-groups")).isEqualTo("own");

        api.add(path, "key-auth", new JsonObject());
        String consumer = api.consumer();
        JsonObject identified = upstreamHeaders(
                path,
                "apikey",
                api.key(consumer).getString("key"),
                "X-Consumer-Username",
                "forged",
                "X_Consumer_Username",
                "forged");
        assertThat(identified.encode()).doesNotContain("forged");
        for (String name : List.of("x-template", "x-underscore", "x-renamed")) {
            assertThat(identified.getString(name)).as(name).isEqualTo(consumer);
        }
        assertThat(identified.containsKey("x-consumer-username")).isFalse();
    }

    @Test
    void theIdentityIsEditedAsConfigured() {
        String path = onRequests(
                "remove.headers=X-Credential-Identifier,x-consumer-custom-id",
                "rename.headers=x-client:x-consumer-id",
                "replace.headers=x-consumer-username:$(headers[\"x-consumer-username\"])@example",
                "add.headers=x-consumer-username:no,x-consumer-custom-id:own");
        api.add(path, "key-auth", new JsonObject());
        String consumer = api.consumer();
        JsonObject key = api.key(consumer);

        JsonObject headers = upstreamHeaders(
                path,
                "apikey",
                key.getString("key"),
                "X-Client",
                "forged",
                "X-Credential-Identifier",
                "forged",
                "X_Credential_Identifier",
                "forged",
                "X-Consumer-Username",
                "forged",
                "X-Consumer-Custom-ID",
                "forged");

        assertThat(headers.encode()).doesNotContain("forged");
        assertThat(headers.containsKey("x-credential-identifier")).isFalse();
        assertThat(headers.getString("x-consumer-username")).isEqualTo(consumer + "@example");
        assertThat(headers.getString("x-consumer-custom-id")).isEqualTo("own");
        assertThat(headers.getString("x-consumer-id"))
                .isEqualTo(key.getJsonObject("consumer").getString("id"));
    }

    @Test
    void theAddressThatAnUntrustedPeerForwardsIsNotCopied() {
        String path = onRequests("add.headers=x-from:$(headers[\"x-forwarded-for\"])", "rename.headers=x-real-ip:x-ip");
        JsonObject headers = upstreamHeaders(path, "X-Forwarded-For", "192.0.2.1", "X-Real-IP", "192.0.2.1");
        assertThat(headers.encode()).doesNotContain("192.0.2.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x:$(os.getenv('HOME'))",
                "x:$(headers.a .. headers.b)",
                "x:$(headers",
                "content-length:1",
                "host:two words",
                "noValue"
            })
    void anEditThatIsNotSupportedIsRefused(String header) {
        JsonObject plugin = new JsonObject()
                .put("name", "request-transformer")
                .put("config", new JsonObject().put("add", new JsonObject().put("headers", List.of(header))));
        api.gatehouse
                .admin("POST", "/services" + api.open() + "/plugins", plugin)
                .isStatus(400);
    }

    @Test
    void theSchemaContainsEveryDefault() {
        JsonObject stored =
                api.add(api.open(), "request-transformer", new JsonObject()).getJsonObject("config");
        assertThat(stored.getJsonObject("add").getJsonArray("headers")).isEmpty();
        assertThat(stored.getJsonObject("rename").getJsonArray("headers")).isEmpty();
    }
}
