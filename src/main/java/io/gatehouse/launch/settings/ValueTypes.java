package io.gatehouse.launch.settings;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ResponseField;
import io.gatehouse.config.Role;
import io.gatehouse.config.StreamListener;
import io.gatehouse.launch.settings.Setting.Kind;
import io.netty.util.NetUtil;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lists the types of settings, each with its parser. */
final class ValueTypes {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    /** A timeout without an end. Durations are counted in nanoseconds, and a long has those of 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final Pattern PORTS = Pattern.compile("(\\d{1,5}):(\\d{1,5})");
    /** RFC 9110 §5.1. */
    private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9!#$%&'*+.^`|~-]{1,100}");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    static final Kind<String> WORD = new Kind<>("a name without spaces", text -> {
        require(text.chars().noneMatch(Character::isWhitespace));
        return text;
    });

    static final Kind<String> TEXT = new Kind<>("text", text -> text);

    /** Secret that fits an {@code Authorization} header. */
    static final Kind<String> BEARER_TOKEN = new Kind<>("printable ASCII without spaces", text -> {
        require(text.chars().allMatch(c -> c > ' ' && c < 127));
        return text;
    });

    /** The new secret, then the one that it replaces. Both are valid. */
    static final Kind<List<String>> ROTATED_TOKEN =
            new Kind<>("printable ASCII without spaces, on one line or two", text -> {
                List<String> tokens = text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .map(line -> BEARER_TOKEN.parser().parse(line))
                        .toList();
                require(!tokens.isEmpty() && tokens.size() <= 2);
                return tokens;
            });

    static final Kind<Boolean> FLAG = new Kind<>("true or false", text -> switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException(text);
    });

    static final Kind<Boolean> SWITCH = new Kind<>("on or off", text -> switch (text) {
        case "on" -> true;
        case "off" -> false;
        default -> throw new IllegalArgumentException(text);
    });

    static final Kind<Path> PATH =
            new Kind<>("a path", text -> Path.of(text).toAbsolutePath().normalize());

    static final Kind<Set<Role>> ROLES = new Kind<>(
            "a list of " + Stream.of(Role.values()).map(Role::configName).collect(Collectors.joining(", ")), text -> {
                Set<Role> roles = EnumSet.noneOf(Role.class);
                for (String name : split(text)) {
                    roles.add(Stream.of(Role.values())
                            .filter(role -> role.configName().equals(name))
                            .findFirst()
                            .orElseThrow(IllegalArgumentException::new));
                }
                return roles;
            });

    static final Kind<ListenAddress> ADDRESS = new Kind<>("host:port", ListenAddress::parse);

    static final Kind<Optional<ListenAddress>> ADDRESS_OR_OFF = new Kind<>(
            "host:port, or off",
            text -> text.equals("off") ? Optional.empty() : Optional.of(ListenAddress.parse(text)));

    static final Kind<List<StreamListener>> STREAM_LISTENERS =
            new Kind<>("a list of host:port or host:port ssl, or off", ValueTypes::parseStreamListeners);

    static final Kind<List<String>> MEMBERS = new Kind<>(
            "a list of host:port",
            text -> split(text).stream().map(ValueTypes::member).toList());

    static final Kind<List<String>> DIRECTORIES = listOf(
            "a list of absolute paths",
            text -> text.startsWith("/") && Path.of(text).isAbsolute());

    static final Kind<List<String>> BLOCKS =
            listOf("a list of CIDR blocks, such as 10.0.0.0/8 or 2001:db8::/32", ValueTypes::isBlock);

    static final Kind<List<String>> NAME_SERVERS = listOf("a list of ip:port, such as 10.0.0.2:53", text -> {
        ListenAddress address = ListenAddress.parse(text);
        return NetUtil.createByteArrayFromIpAddressString(address.host()) != null && address.port() > 0;
    });

    static final Kind<Set<ResponseField>> RESPONSE_FIELDS = new Kind<>(
            "off, or a list of server_tokens, latency_tokens and header fields such as X-Kong-Request-Id",
            text -> ResponseField.named(split(text)));

    private static final List<String> ERROR_TYPES =
            List.of("application/json", "application/xml", "text/html", "text/plain");

    static final Kind<String> ERROR_TYPE = word("one of " + String.join(", ", ERROR_TYPES), ERROR_TYPES::contains);

    static final Kind<String> FIELD_NAME =
            word("the name of a header field", text -> FIELD.matcher(text).matches());

    static final Kind<Map<Integer, Integer>> PORT_MAP =
            new Kind<>("a list of public:listener ports, such as 80:8000, 443:8443", ValueTypes::parsePorts);

    static final Kind<PostgresUrl> POSTGRES_URL = new Kind<>(PostgresUrl.EXPECTED, PostgresUrl::parse);

    private ValueTypes() {}

    static Kind<Duration> duration(Duration atLeast) {
        String bound = atLeast.isZero()
                ? ""
                : ", at least " + (atLeast.toMillisPart() == 0 ? atLeast.toSeconds() + "s" : atLeast.toMillis() + "ms");
        return new Kind<>("a duration such as 500ms, 2s or 1m" + bound, text -> {
            Duration duration = parseDuration(text);
            require(duration.compareTo(atLeast) >= 0);
            return duration;
        });
    }

    static Kind<Duration> duration(Duration atLeast, Duration atMost) {
        Kind<Duration> unbounded = duration(atLeast);
        return new Kind<>(
                unbounded.expected() + (atLeast.isZero() ? ", at most " : " and at most ") + atMost.toSeconds() + "s",
                text -> {
                    Duration duration = unbounded.parser().parse(text);
                    require(duration.compareTo(atMost) <= 0);
                    return duration;
                });
    }

    static Kind<Integer> number(int from, int to) {
        return new Kind<>("a number from " + from + " to " + to, text -> {
            require(NUMBER.matcher(text).matches());
            int number = Integer.parseInt(text);
            require(number >= from && number <= to);
            return number;
        });
    }

    static <E extends Enum<E>> Kind<E> oneOf(Class<E> words) {
        List<String> names = Stream.of(words.getEnumConstants())
                .map(word -> word.name().toLowerCase(Locale.ROOT))
                .toList();
        return new Kind<>("one of " + String.join(", ", names), text -> {
            require(names.contains(text));
            return Enum.valueOf(words, text.toUpperCase(Locale.ROOT));
        });
    }

    private static Kind<String> word(String expected, Predicate<String> valid) {
        return new Kind<>(expected, text -> {
            require(valid.test(text));
            return text;
        });
    }

    private static List<StreamListener> parseStreamListeners(String text) {
        List<StreamListener> listeners = text.equals("off")
                ? List.of()
                : split(text).stream().map(StreamListener::parse).toList();
        List<ListenAddress> fixed = listeners.stream()
                .map(StreamListener::address)
                .filter(address -> address.port() > 0)
                .toList();
        require(fixed.stream().distinct().count() == fixed.size());
        return listeners;
    }

    /** Returns the public ports by the listener's. */
    private static Map<Integer, Integer> parsePorts(String text) {
        Map<Integer, Integer> ports = new HashMap<>();
        for (String pair : split(text)) {
            Matcher matcher = PORTS.matcher(pair);
            require(matcher.matches());
            require(ports.put(port(matcher.group(2)), port(matcher.group(1))) == null);
        }
        return ports;
    }

    /** Adds the brackets of an IPv6 address, without which Hazelcast takes the port for a part of it. */
    private static String member(String text) {
        ListenAddress address = ListenAddress.parse(text);
        require(address.port() > 0);
        return address.toString();
    }

    private static int port(String text) {
        int port = Integer.parseInt(text);
        require(port > 0 && port <= 65_535);
        return port;
    }

    private static Kind<List<String>> listOf(String expected, Predicate<String> valid) {
        return new Kind<>(expected, text -> {
            List<String> items = split(text);
            require(items.stream().allMatch(valid));
            return items;
        });
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    private static Duration parseDuration(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = DURATION.matcher(text);
        require(matcher.matches());
        long amount = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }

    private static boolean isBlock(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean ipv4 = NetUtil.isValidIpV4Address(address);
        if (!ipv4 && !NetUtil.isValidIpV6Address(address)) {
            return false;
        }
        if (slash < 0) {
            return true;
        }
        String bits = text.substring(slash + 1);
        return NUMBER.matcher(bits).matches() && Integer.parseInt(bits) <= (ipv4 ? 32 : 128);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
