package io.gatehouse.plugin.botdetection;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import ua_parser.DeviceParser;

/**
 * Matches user agents with the rules of ua-parser, which uap-java contains.
 *
 * <p>A rule has an expression of {@code java.util.regex} and the name of a device. The first one that matches counts. Seven of
 * several hundred name a robot. The last of the seven matches names with {@code bot}. The rules of phones precede it, so that a
 * phone of Cubot is no robot.
 *
 * <p><i>Threading</i>: immutable.
 */
final class RobotRules {
    private static final String RESOURCE = "/ua_parser/regexes.yaml";
    private static final String SECTION = "device_parsers";
    /** The member of a rule with the name of the device. */
    private static final String DEVICE = "device_replacement";
    /** The device of all robots. */
    private static final String ROBOT = "Spider";

    private static final TypeReference<Map<String, List<Map<String, String>>>> SECTIONS = new TypeReference<>() {};

    private final DeviceParser robots;
    private final DeviceParser devices;

    private RobotRules(List<Map<String, String>> rules) {
        this.robots = DeviceParser.fromList(
                rules.stream().filter(rule -> ROBOT.equals(rule.get(DEVICE))).toList());
        this.devices = DeviceParser.fromList(rules);
    }

    /** Reads and compiles the rules, which takes some 0.2 s. */
    static RobotRules read() {
        try (InputStream file = DeviceParser.class.getResourceAsStream(RESOURCE)) {
            Map<String, List<Map<String, String>>> sections =
                    new YAMLMapper().readValue(Objects.requireNonNull(file, RESOURCE), SECTIONS);
            return new RobotRules(Objects.requireNonNull(sections.get(SECTION), SECTION));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether a rule of a robot matches. If none does, the user agent is no robot. */
    boolean resemblesRobot(String agent) {
        return ROBOT.equals(robots.parse(agent).family);
    }

    /** Returns whether the first of all rules that match is one of a robot. */
    boolean isRobot(String agent) {
        return ROBOT.equals(devices.parse(agent).family);
    }
}
