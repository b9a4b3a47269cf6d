package io.gatehouse.launch.command.demo;

import io.gatehouse.launch.command.demo.DemoClient.Request;
import io.gatehouse.launch.command.demo.DemoClient.Response;
import io.gatehouse.syntax.LogText;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints the demo for a person: each request as a curl line to paste, each response with the members that matter in its
 * step.
 *
 * <p>The admin token is printed as the variable that configures it: output ends up in logs and on screens of others.
 */
public final class Transcript {
    private static final int LINE = 100;
    private static final int VALUE = 200;
    private static final String INDENT = "   ";
    private static final String LEFT_OUT = "...";
    private static final String FORM = "application/x-www-form-urlencoded";

    private enum Style {
        HEADING("1"),
        COMMAND("36"),
        SUCCESS("32"),
        REJECTION("33"),
        FAINT("2");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final boolean colours;
    private final @Nullable String adminToken;
    private int steps;

    /** Prints escape sequences only with {@code colours}, which are for terminals. */
    public Transcript(PrintStream out, boolean colours, @Nullable String adminToken) {
        this.out = out;
        this.colours = colours;
        this.adminToken = adminToken;
    }

    void step(String text) {
        steps++;
        out.println(painted(Style.HEADING, steps + ". " + text));
        out.println();
    }

    /** On one line, or on one for each option where that would be too long to read. */
    void request(Request request) {
        List<String> options = options(request);
        String line = "$ " + String.join(" ", options);
        String command = line.length() <= LINE ? line : "$ " + String.join(" \\\n" + INDENT + INDENT, options);
        out.println(INDENT + painted(Style.COMMAND, command));
    }

    private List<String> options(Request request) {
        String url = request.url();
        String verb =
                request.method().equals(request.body() == null ? "GET" : "POST") ? "" : "-X " + request.method() + " ";
        List<String> options = new ArrayList<>();
        options.add("curl " + (url.startsWith("https:") ? "-sk " : "-s ") + verb + url);
        request.headers().forEach((name, value) -> {
            // What curl sends with -d by itself.
            if (!value.equals(FORM)) {
                options.add("-H " + quoted(name + ": " + value));
            }
        });
        if (request.body() != null) {
            options.add("-d " + quoted(request.body()));
        }
        return options;
    }

    private String quoted(String word) {
        return adminToken != null && word.contains(adminToken)
                ? '"' + word.replace(adminToken, "$GATEHOUSE_ADMIN_TOKEN") + '"'
                : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Shows these members, such as {@code headers.host}, and a mark for what is left out; all of them when none is named. */
    void response(Response response, List<String> members) {
        String status = response.status() + " "
                + HttpResponseStatus.valueOf(response.status()).reasonPhrase();
        out.println(INDENT + painted(response.status() < 400 ? Style.SUCCESS : Style.REJECTION, status));
        if (!response.body().isEmpty()) {
            out.println(INDENT + "{");
            print(response.body(), "", members, INDENT + "  ");
            out.println(INDENT + "}");
        }
        out.println();
    }

    private void print(JsonObject object, String prefix, List<String> members, String indent) {
        List<Map.Entry<String, Object>> shown = object.stream()
                .filter(entry -> isShown(prefix + entry.getKey(), members))
                .toList();
        boolean isWhole = shown.size() == object.size();
        for (int i = 0; i < shown.size(); i++) {
            String path = prefix + shown.get(i).getKey();
            String name = indent + text(shown.get(i).getKey()) + ": ";
            String end = isWhole && i == shown.size() - 1 ? "" : ",";
            if (shown.get(i).getValue() instanceof JsonObject nested && !nested.isEmpty()) {
                out.println(name + "{");
                print(nested, path + ".", members.contains(path) ? List.of() : members, indent + "  ");
                out.println(indent + "}" + end);
            } else {
                out.println(name + text(shown.get(i).getValue()) + end);
            }
        }
        if (!isWhole) {
            out.println(indent + painted(Style.FAINT, LEFT_OUT));
        }
    }

    private static boolean isShown(String path, List<String> members) {
        return members.isEmpty()
                || members.stream().anyMatch(member -> member.equals(path) || member.startsWith(path + "."));
    }

    private static String text(@Nullable Object value) {
        String text = LogText.oneLine(Json.encode(value));
        return text.length() <= VALUE ? text : text.substring(0, VALUE) + LEFT_OUT;
    }

    private String painted(Style style, String text) {
        return colours ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }
}
