package io.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The internal classes of Vert.x that each package uses (docs/adr/0011). A new version of Vert.x may change any of them. */
class VertxInternalsTest {
    private static final Pattern INTERNAL = Pattern.compile("io\\.vertx\\..*\\b(internal|impl)\\b.*");

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

    @Test
    void eachPackageUsesOnlyTheListedInternalClassesOfVertx() {
        Map<String, Set<String>> used = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.gatehouse")) {
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
