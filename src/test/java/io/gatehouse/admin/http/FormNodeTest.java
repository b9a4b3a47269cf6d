package io.gatehouse.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.Multipart;
import io.gatehouse.syntax.form.UrlEncoded;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests the form parsers with random text. */
class FormNodeTest {
    private static final long SEED = 42;
    private static final int ROUNDS = 20_000;
    private static final String[] PIECES = {
        "a",
        "config",
        "scopes",
        "hosts",
        "headers",
        "service",
        ".",
        "[",
        "]",
        "[]",
        "[1]",
        "[999999999]",
        "=",
        "&",
        "%",
        "%41",
        "+",
        "",
        " ",
        "é",
        "--b",
        "\r\n",
        "\r\n\r\n",
        ";",
        "name=\"a\"",
        "Content-Disposition: form-data;",
        "\0"
    };

    private static String random(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    @Test
    void anyFormIsParsedOrRejectedAndConvertsByAnySchema() {
        Random random = new Random(SEED);
        int read = 0;
        for (int i = 0; i < ROUNDS; i++) {
            Optional<FormNode> form = UrlEncoded.parse(random(random)).flatMap(FormNode::of);
            if (form.isPresent()) {
                read++;
                Body body = new FormBody(form.get(), false);
                EntitySchemas.all().forEach(schema -> {
                    try {
                        assertThat(body.values(schema, null)).isNotNull();
                    } catch (AdminException rejected) {
                        assertThat(rejected).hasMessageContaining("contradicting values");
                    }
                });
            }
        }
        assertThat(read).isBetween(ROUNDS / 10, ROUNDS);
    }

    @Test
    void anyMultipartBodyIsParsedOrRejected() {
        Random random = new Random(SEED);
        int read = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String body = random(random) + "\r\n--b\r\nContent-Disposition: form-data; name=x\r\n\r\n" + random(random)
                    + "\r\n--b--\r\n" + random(random);
            String octets = new String(body.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            read += Multipart.parse(MediaType.of("multipart/form-data; boundary=b"), octets)
                            .flatMap(Multipart::pairs)
                            .isPresent()
                    ? 1
                    : 0;
        }
        assertThat(read).isBetween(ROUNDS / 10, ROUNDS);
    }

    @Test
    void encodedTextIsDecodedToTheSame() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            String text = random(random);
            String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
            assertThat(UrlEncoded.parse("k=" + encoded)).contains(List.of(new FormPair("k", text)));
        }
    }

    @Test
    void anEmptyTextUnsetsAFieldAndAnEmptyFormHasNone() {
        FormNode form = UrlEncoded.parse("name=&tags=&retries=&&=x")
                .flatMap(FormNode::of)
                .orElseThrow();
        Map<String, ?> values = new FormBody(form, false).values(EntitySchemas.SERVICES, null);
        assertThat(values.get("name")).isNull();
        assertThat(values.get("tags")).isNull();
        assertThat(values.get("retries")).isNull();
        assertThat(values.keySet()).extracting(Object::toString).containsExactly("name", "tags", "retries", "");
        assertThat(UrlEncoded.parse("").flatMap(FormNode::of).orElseThrow().record(List.of()))
                .isEmpty();
    }
}
