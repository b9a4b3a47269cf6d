package io.gatehouse.admin.console;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Content;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Responds to requests below {@code /console}: with a file below {@code /console/assets}, otherwise with the page, whose script
 * shows what the path names.
 *
 * <p><i>Invariant</i>: a response contains a file of the jar and nothing of the node, so it needs no token.
 *
 * <p><i>Threading</i>: immutable.
 */
public final class Console {
    private static final String ROOT = "/console";
    private static final String ASSETS = "assets/";
    private static final String METHODS = "GET, HEAD, OPTIONS";
    /** Segments of a path below {@code /console/}. */
    private static final int MAX_DEPTH = 8;

    private static final String HTML = "text/html; charset=utf-8";
    /** What the page replaces by the path to {@code /console/}. */
    private static final String BASE = "{base}";

    /**
     * The page runs its own scripts and no others, and no other page frames it. With Trusted Types, the browser refuses to parse text as
     * HTML.
     */
    private static final String POLICY =
            "default-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none';"
                    + " object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy", POLICY,
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            // The names have no versions, so a browser asks whether its copy is current.
            "Cache-Control", "no-cache");

    private final Map<String, ConsoleFile> files;
    /** The page for {@code /console}, then by the depth of the path. */
    private final ConsoleFile root;

    private final List<ConsoleFile> pages;

    private Console(Map<String, ConsoleFile> files, String page) {
        this.files = files;
        this.root = page(page, "console/");
        this.pages = IntStream.range(0, MAX_DEPTH)
                .mapToObj(depth -> page(page, depth == 0 ? "./" : "../".repeat(depth)))
                .toList();
    }

    /** Reads the files from the class path. Blocks. */
    public static Console load() {
        return new Console(ConsoleFiles.read(), ConsoleFiles.page());
    }

    /** A relative base also works behind a proxy that removes a prefix of the path. */
    private static ConsoleFile page(String page, String base) {
        return ConsoleFile.of(new Content(HTML, Buffer.buffer(page.replace(BASE, base))));
    }

    /** Returns whether a raw path is one of the console. */
    public boolean serves(@Nullable String path) {
        return path != null && (path.equals(ROOT) || path.startsWith(ROOT + "/"));
    }

    /**
     * Returns the response to a request that {@link #serves} its path.
     *
     * @throws AdminException if the method is another than GET and HEAD, or there is no such file
     */
    public AdminResponse respond(HttpServerRequest request) {
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.OPTIONS)) {
            return AdminResponse.NO_CONTENT.with("Allow", METHODS);
        }
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            throw AdminError.METHOD_NOT_ALLOWED.exception().with("Allow", METHODS);
        }
        ConsoleFile file = file(request.path());
        Map<String, String> headers = new LinkedHashMap<>(HEADERS);
        headers.put("ETag", file.tag());
        return file.isCached(request.getHeader("If-None-Match"))
                ? new AdminResponse(304, null, headers)
                : new AdminResponse(200, file.content(), headers);
    }

    /** The name of a file is compared as a whole, so {@code ..} names none. */
    private ConsoleFile file(String path) {
        if (path.equals(ROOT)) {
            return root;
        }
        String name = path.substring(ROOT.length() + 1);
        if (name.startsWith(ASSETS)) {
            ConsoleFile file = files.get(name);
            if (file == null) {
                throw AdminError.NOT_FOUND.exception();
            }
            return file;
        }
        int depth = (int) name.chars().filter(character -> character == '/').count();
        if (depth >= MAX_DEPTH) {
            throw AdminError.NOT_FOUND.exception();
        }
        return pages.get(depth);
    }
}
