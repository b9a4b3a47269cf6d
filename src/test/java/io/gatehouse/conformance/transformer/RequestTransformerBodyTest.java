package io.gatehouse.conformance.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** Tests the bodies that request-transformer edits: JSON, forms and their limits. */
class RequestTransformerBodyTest extends TransformerTestBase {
    @Test
    void jsonBodiesOfRequestsAreEdited() {
        String path = onRequests(
                "remove.body=gone",
                "rename.body=old:new",
                "replace.body=there:r",
                "add.body=more:m",
                "append.body=k:v");
        Reply reply = Http.send(
                Http.json("POST", api.gatehouse.proxyUrl(path), "{\"gone\":1,\"old\":[2],\"there\":3,\"k\":\"u\"}"));
        assertThat(new JsonObject(reply.isStatus(200).json().getString("body")))
                .isEqualTo(new JsonObject("{\"new\":[2],\"there\":\"r\",\"more\":\"m\",\"k\":[\"u\",\"v\"]}"));
    }

    @Test
    void anEmptyBodyGetsWhatIsAdded() {
        String asJson = onRequests(
                "remove.body=gone", "add.headers=Content-Type:application/json", "add.body=more:m", "append.body=k:v");
        Reply json = api.gatehouse.get(asJson).isStatus(200);
        assertThat(new JsonObject(json.json().getString("body")))
                .isEqualTo(new JsonObject("{\"more\":\"m\",\"k\":[\"v\"]}"));
        assertThat(sendForm(onRequests("add.body=more:m n"), "").json().getString("body"))
                .isEqualTo("more=m%20n");
        assertThat(sendForm(onRequests("replace.body=more:m"), "").json().getString("body"))
                .isEmpty();
    }

    @Test
    void theQueryGetsTheFormOfARequestThatBecomesAGet() {
        String path = api.protectedBy(
                "request-transformer",
                PluginApi.edits("rename.querystring=old:new").put("http_method", "GET"));
        JsonObject seen = sendForm(path + "?a=%7e", "name=marco+polo&old=%26#\r\nx")
                .isStatus(200)
                .json();
        assertThat(seen.getString("method")).isEqualTo("GET");
        assertThat(seen.getString("uri")).isEqualTo("/?a=%7e&name=marco%20polo&new=%26%23%0D%0Ax");
        assertThat(Http.send(Http.json("POST", api.gatehouse.proxyUrl(path), "{\"k\":1}"))
                        .json()
                        .getString("uri"))
                .isEqualTo("/");
        sendForm(path, "k=" + "x".repeat(8 * 1024)).isStatus(413);
    }

    @Test
    void theEditedHeaderStatesTheTypeOfTheBody() {
        String path = onRequests("replace.headers=Content-Type:application/json", "remove.body=gone");
        assertThat(sendForm(path, "{\"gone\":1,\"k\":2}").json().getString("body"))
                .isEqualTo("{\"k\":2}");
        assertThat(sendForm(onRequests("remove.headers=Content-Type", "remove.body=gone"), "gone=1")
                        .json()
                        .getString("body"))
                .isEqualTo("gone=1");
    }

    /** The list of an appended value would be one level deeper than JSON is written. */
    @Test
    void aBodyThatAnEditMakesTooDeepIsForwardedUnchanged() {
        String body = "{\"k\":{\"deep\":" + "[".repeat(998) + "]".repeat(998) + "}}";
        Reply reply = Http.send(Http.json("POST", api.gatehouse.proxyUrl(onRequests("append.body=k:v")), body));
        assertThat(reply.isStatus(200).json().getString("body")).isEqualTo(body);
    }

    @Test
    void formsAreEdited() {
        String path = onRequests("remove.body=gone", "add.body=more:m n");
        Reply reply = Http.send(Http.request(
                "POST", api.gatehouse.proxyUrl(path), "application/x-www-form-urlencoded", "gone=1&k=%41"));
        assertThat(reply.json().getString("body")).isEqualTo("k=%41&more=m%20n");
    }

    @Test
    void multipartFormsAreEdited() {
        String path = onRequests(
                "remove.body=gone",
                "rename.body=old:new",
                "replace.body=there:r,absent:r",
                "add.body=there:no,more:$(query_params.q)",
                "append.body=k:v");
        String form = part("gone", "1") + part("old", "2") + part("there", "3") + "--b--\r\n";
        assertThat(sendMultipart(path + "?q=m", form))
                .isEqualTo(part("new", "2") + part("there", "r") + part("more", "m") + "--b--\r\n");
        assertThat(sendMultipart(path + "?q=a%0D%0A--b--", form))
                .as("a value with the delimiter")
                .isEqualTo(part("new", "2") + part("there", "r") + "--b--\r\n");
        assertThat(sendMultipart(path + "?q=m", part("gone", "1"))).isEqualTo(part("gone", "1"));
    }

    private static String part(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private static String sendMultipart(String path, String form) {
        return Http.send(Http.request("POST", api.gatehouse.proxyUrl(path), "multipart/form-data; boundary=b", form))
                .isStatus(200)
                .json()
                .getString("body");
    }

    @Test
    void aBodyThatIsTooLargeToEditIsRejected() {
        String path = onRequests("remove.body=gone");
        String body = "{\"gone\":\"" + "x".repeat(1024 * 1024) + "\"}";
        Http.send(Http.json("POST", api.gatehouse.proxyUrl(path), body)).isStatus(413);
        Http.send(Http.request("POST", api.gatehouse.proxyUrl(path), "text/plain", body))
                .isStatus(200);
    }

    /** A million pairs, each compared with the name of each edit, would block an event loop. */
    @Test
    void aFormOfMoreThanAThousandPairsIsRejected() {
        String path = onRequests("replace.body=a:b");
        assertThat(sendForm(path, "a&".repeat(999) + "c").isStatus(200).json().getString("body"))
                .isEqualTo("a=b&c");
        sendForm(path, "a&".repeat(1_000) + "c").isStatus(413);
    }

    private static Reply sendForm(String path, String form) {
        return Http.send(Http.request("POST", api.gatehouse.proxyUrl(path), "application/x-www-form-urlencoded", form));
    }
}
