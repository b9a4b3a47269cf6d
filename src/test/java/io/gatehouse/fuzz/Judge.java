package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Expectations.Expected;
import io.gatehouse.fuzz.Recorder.Recorded;
import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.ParsedRequest.Field;
import io.gatehouse.fuzz.wire.ParsedRequest.Verdict;
import io.gatehouse.fuzz.wire.RequestReader;
import io.gatehouse.fuzz.wire.Wire;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares each request at the upstream with the client's request and with RFC 9112. */
final class Judge {
    private static final Pattern IDENTITY =
            Pattern.compile("x-consumer-.*|x-authenticated-.*|x-credential-(identifier|username)|x-anonymous-consumer");
    /** Fields that change framing, routing or authorization (RFC 9110 §6.5.1). */
    private static final Set<String> FORBIDDEN_TRAILERS = Set.of(
            "content-length", "transfer-encoding", "host", "connection", "authorization", "trailer", "te", "upgrade");

    private static final Pattern PLAIN_TARGET = Pattern.compile("/(open|kept)/m[0-9-]+[A-Za-z0-9/?=&%]*");

    private final Expectations expectations;
    private final Findings findings;
    private final Tally tally;
    private final String token;
    private final String upstreamHost;

    Judge(Expectations expectations, Findings findings, Tally tally, String token, String upstreamHost) {
        this.expectations = expectations;
        this.findings = findings;
        this.tally = tally;
        this.token = token;
        this.upstreamHost = upstreamHost;
    }

    /** {@code request} is the result of {@link RequestReader} for the bytes. */
    void judge(Recorded recorded, ParsedRequest request) {
        String marker = request.marker();
        Expected expected = marker == null ? null : expectations.of(marker);
        if (request.verdict() == Verdict.INCOMPLETE) {
            return;
        }
        if (request.verdict() == Verdict.MALFORMED) {
            find("the upstream got malformed bytes (" + request.why() + ")", expected, recorded, marker);
            return;
        }
        if (request.verdict() == Verdict.TOLERABLE && !request.why().equals("the target")) {
            find("the upstream got odd bytes (" + request.why() + ")", expected, recorded, marker);
        }
        if (expected == null) {
            find("the upstream got a request that no client sent", null, recorded, marker);
            return;
        }
        tally.forwarded(expected.mutation());
        if (expected.arrived().getAndIncrement() > 0) {
            find("the upstream got a request twice", expected, recorded, marker);
        }
        compare(expected, request, recorded, marker);
        fields(expected, request, recorded, marker);
    }

    private void compare(Expected expected, ParsedRequest request, Recorded recorded, @Nullable String marker) {
        ParsedRequest sent = expected.request();
        if (!sent.method().equals(request.method())) {
            find("the upstream got another method", expected, recorded, marker);
        }
        if (!sent.body().equals(request.body())) {
            find("the upstream got another body", expected, recorded, marker);
        }
        if (PLAIN_TARGET.matcher(sent.target()).matches() && !sent.target().equals(request.target())) {
            find("the upstream got another target", expected, recorded, marker);
        }
        boolean kept = request.target().startsWith("/kept/");
        String host = kept && !sent.target().contains("://") ? sent.value("host") : kept ? null : upstreamHost;
        if (host != null && !host.isEmpty() && !same(host, String.valueOf(request.value("host")))) {
            find("the upstream got another Host", expected, recorded, marker);
        }
        boolean authorised = sent.values("authorization").stream().anyMatch(this::isToken);
        if (request.target().startsWith("/open/private") && !authorised) {
            find("a request got past the oauth2 plugin", expected, recorded, marker);
        }
        for (Field field : request.fields()) {
            if (isIdentity(field) && (!authorised || field.value().contains("root"))) {
                find("the upstream got a forged identity", expected, recorded, marker);
            }
        }
    }

    /** The scheme ignores case, and several spaces may follow (RFC 9110 §11.1, §11.4): mutated files have either once in a while. */
    private boolean isToken(String value) {
        String scheme = "Bearer ";
        return value.regionMatches(true, 0, scheme, 0, scheme.length())
                && value.substring(scheme.length()).strip().equals(token);
    }

    /** Compares host names, ignoring case, a final dot and the default port. */
    private static boolean same(String one, String other) {
        return plain(one).equals(plain(other));
    }

    private static String plain(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst("[.]?(:(80)?)?$", "");
    }

    private static boolean isIdentity(Field field) {
        return IDENTITY.matcher(field.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .matches();
    }

    private void fields(Expected expected, ParsedRequest request, Recorded recorded, @Nullable String marker) {
        boolean handshake = expected.request().values("upgrade").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("websocket"));
        for (Field field : request.fields()) {
            String name = field.name().toLowerCase(Locale.ROOT);
            boolean stays = name.equals("keep-alive")
                    || name.startsWith("proxy-")
                    || name.equals("http2-settings")
                    || (name.equals("te") && !field.value().equals("trailers"))
                    || (!handshake && (name.equals("upgrade") || name.equals("connection")));
            if (stays) {
                find("the upstream got a header of the client's connection (" + name + ")", expected, recorded, marker);
            }
        }
        for (Field trailer : request.trailers()) {
            if (isIdentity(trailer)
                    || FORBIDDEN_TRAILERS.contains(trailer.name().toLowerCase(Locale.ROOT))) {
                find("the upstream got a forbidden trailer", expected, recorded, marker);
            }
        }
    }

    private void find(String what, @Nullable Expected expected, Recorded recorded, @Nullable String marker) {
        String mutation = expected == null ? mutationOf(marker) : expected.mutation();
        findings.add(
                what + " [" + mutation + "]",
                "the upstream got\n" + Wire.readable(recorded.bytes()) + "\nthe client sent\n"
                        + (marker == null ? "(no marker)" : expectations.source(marker)));
    }

    /** Reports a finding. For a request that no client sent, it names all mutations of the connection. */
    private String mutationOf(@Nullable String marker) {
        return marker == null ? "unmarked" : expectations.mutations(marker);
    }
}
