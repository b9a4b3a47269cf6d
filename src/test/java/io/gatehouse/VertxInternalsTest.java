package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The internal classes of Vert.x that each package uses (docs/adr/0011). A new version of Vert.x may change any of them. */
class VertxInternalsTest {
    private static final Pattern INTERNAL = Pattern.compile("io\\.vertx\\..*\\b(internal|impl)\\b.*");

    /** The same in the constants of a class file, whose names are ASCII. */
    private static final Pattern IN_CLASS_FILE = Pattern.compile("io/vertx/[\\w/]*\\b(internal|impl)\\b");

    private static final Map<String, Set<String>> ALLOWED = Map.of(
            "io.gatehouse.connection",
            Set.of("ConnectionBase", "HeadersMultiMap", "Http1xOrH2CHandler", "VertxHttpRequestDecoder"),
            "io.gatehouse.plugin.log",
            Set.of("NetSocketInternal"),
            "io.gatehouse.proxy.client",
            Set.of("ConnectionBase", "HeadersMultiMap"),
            "io.gatehouse.proxy.forward",
            Set.of("ConnectionBase", "HeadersMultiMap"),
            "io.gatehouse.proxy.stream",
            Set.of("NetSocketInternal"),
            "io.gatehouse.store",
            Set.of("NetSocketInternal", "PooledConnection", "SocketConnectionBase", "SqlConnectionBase"),
            "io.gatehouse.store.postgres",
            Set.of(
                    "Connection",
                    "ContextInternal",
                    "InitCommand",
                    "NetSocketInternal",
                    "PgConnectionFactory",
                    "PgSocketConnection"),
            "io.gatehouse.upstream",
            Set.of(
                    "BufferInternal",
                    "ConnectionBase",
                    "ContextInternal",
                    "HeadersAdaptor",
                    "HeadersMultiMap",
                    "NetSocketInternal",
                    "PromiseInternal",
                    "VertxInternal"));

    /** Selects the class files that contain such a name: ArchUnit takes seconds for all of them. */
    private static List<Path> usersOfInternals() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("target/classes/io/gatehouse"))) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(VertxInternalsTest::namesInternals)
                    .toList();
        }
    }

    private static boolean namesInternals(Path file) {
        try {
            return IN_CLASS_FILE
                    .matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void eachPackageUsesOnlyTheListedInternalClassesOfVertx() throws IOException {
        Map<String, Set<String>> used = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter().importPaths(usersOfInternals())) {
            type.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .map(JavaClass::getBaseComponentType)
                    .filter(target -> INTERNAL.matcher(target.getPackageName()).matches())
                    .forEach(target -> used.computeIfAbsent(type.getPackageName(), missing -> new TreeSet<>())
                            .add(target.getSimpleName()));
        }

        assertThat(used).isEqualTo(ALLOWED);
    }
}
