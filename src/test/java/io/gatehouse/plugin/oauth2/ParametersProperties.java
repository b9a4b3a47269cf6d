package io.gatehouse.plugin.oauth2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.testing.Http;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Query, form and JSON (docs/reference/oauth2.md#endpoints). */
class ParametersProperties {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String JSON = "application/json";

    @Provide
    Arbitrary<Map<String, String>> parameters() {
        Arbitrary<String> text = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withCharRange('\u00a0', '\ud7ff')
                .ofMaxLength(20);
        return Arbitraries.maps(text.filter(name -> !name.isEmpty()), text).ofMaxSize(8);
    }

    @Property(tries = 500)
    void whatIsWrittenIsReadInEveryForm(@ForAll("parameters") Map<String, String> written) {
        String form = Http.encoded(written);
        assertThat(Parameters.of(form.isEmpty() ? null : form, null, null)).isEqualTo(written);
        assertThat(Parameters.of(null, FORM, Buffer.buffer(form))).isEqualTo(written);
        assertThat(Parameters.of(null, JSON, new JsonObject(new LinkedHashMap<String, Object>(written)).toBuffer()))
                .isEqualTo(written);
        assertThat(Parameters.requireText(new LinkedHashMap<>(written))).isEqualTo(written);
    }

    @Property(tries = 500)
    void theBodyWinsAndTheQueryFillsIn(
            @ForAll("parameters") Map<String, String> query, @ForAll("parameters") Map<String, String> body) {
        Map<String, String> both = new LinkedHashMap<>(query);
        both.putAll(body);
        assertThat(Parameters.of(Http.encoded(query), FORM, Buffer.buffer(Http.encoded(body))))
                .isEqualTo(both);
    }

    @Property(tries = 500)
    void aParameterGivenTwiceIsRefused(
            @ForAll("parameters") Map<String, String> written, @ForAll("names") String name) {
        String once = name + "=1&" + Http.encoded(without(written, name));
        assertThatThrownBy(() -> Parameters.of(null, FORM, Buffer.buffer(once + "&" + name + "=2")))
                .isInstanceOf(OAuth2Exception.class)
                .hasMessageStartingWith("invalid_request: Parameter given more than once");
        assertThatThrownBy(() -> Parameters.of(null, JSON, Buffer.buffer("{\"" + name + "\":1,\"" + name + "\":1}")))
                .isInstanceOf(OAuth2Exception.class);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("grant_type", "client_id", "client_secret", "scope", "state", "redirect_uri");
    }

    private static Map<String, String> without(Map<String, String> parameters, String name) {
        Map<String, String> others = new LinkedHashMap<>(parameters);
        others.remove(name);
        return others;
    }

    @Property(tries = 1_000)
    void anyBytesAreParametersOrAClearRefusal(
            @ForAll byte[] bytes, @ForAll("types") String type, @ForAll("beginnings") String beginning) {
        Buffer body = Buffer.buffer(beginning.getBytes(StandardCharsets.UTF_8)).appendBytes(bytes);
        try {
            assertThat(Parameters.of(null, type, body)).isNotNull();
        } catch (OAuth2Exception refused) {
            assertThat(refused.status()).isEqualTo(400);
        }
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.of(
                FORM,
                JSON,
                "multipart/form-data; boundary=b",
                "multipart/form-data",
                "text/plain",
                "application/json; charset=x");
    }

    @Provide
    Arbitrary<String> beginnings() {
        return Arbitraries.of(
                "",
                "a=",
                "%",
                "{\"a\":",
                "{\"a\":\"",
                "--b\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n");
    }
}
