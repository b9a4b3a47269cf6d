package io.gatehouse;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Checks the map of ARCHITECTURE.md against the code: a package depends only on packages in rows below its own. */
class ArchitectureTest {
    private static final String ROOT = "io.gatehouse.";

    /** Packages by row, the top row first. */
    private static final List<List<String>> ROWS = List.of(
            List.of("launch.."),
            List.of("proxy..", "issuer..", "admin..", "declarative.."),
            List.of("plugin.*..", "cluster..", "changes.."),
            List.of("plugin"),
            List.of("lookup..", "quota..", "session..", "replay.."),
            List.of("balancer.."),
            List.of("routing..", "catalog.."),
            List.of("store..", "bus.."),
            List.of("telemetry..", "connection..", "upstream.."),
            List.of("oauth..", "entity..", "config.."),
            List.of("credential..", "schema.."),
            List.of("syntax..", "tls.."));

    /** Dependencies allowed within a row. {@code packagesHaveNoCycles} checks cycles. */
    private static final Map<String, List<String>> NEIGHBOURS = Map.of(
            "launch..", List.of("launch.."),
            "issuer..", List.of("issuer.."));

    /** Records, schemas and parsers, without I/O. */
    private static final String[] BOTTOM = Stream.of(
                    "oauth..", "credential..", "entity..", "config..", "schema..", "syntax..", "tls..")
            .map(ROOT::concat)
            .toArray(String[]::new);

    /** The most files of one package, {@code package-info.java} included. */
    private static final int MAX_FILES = 30;

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.gatehouse");

    @TestFactory
    List<DynamicTest> aPackageDependsOnlyOnRowsBelow() {
        return IntStream.range(0, ROWS.size())
                .boxed()
                .flatMap(row -> ROWS.get(row).stream()
                        .map(place -> DynamicTest.dynamicTest(place, () -> {
                            List<String> allowed = new ArrayList<>();
                            ROWS.subList(row + 1, ROWS.size())
                                    .forEach(below -> below.forEach(name -> allowed.add(ROOT + name)));
                            allowed.add(ROOT + place);
                            NEIGHBOURS.getOrDefault(place, List.of()).forEach(name -> allowed.add(ROOT + name));
                            classes()
                                    .that()
                                    .resideInAPackage(ROOT + place)
                                    .should()
                                    .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new))
                                            .or(describe(
                                                    "outside Gatehouse",
                                                    type -> !type.getPackageName()
                                                            .startsWith("io.gatehouse"))))
                                    .check(CLASSES);
                        })))
                .toList();
    }

    @Test
    void everyPackageIsOnTheMap() {
        classes()
                .should()
                .resideInAnyPackage(ROWS.stream()
                        .flatMap(List::stream)
                        .map(place -> ROOT + place)
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void aPackageHasAtMostThirtyFiles() throws IOException {
        for (String root : List.of("src/main/java", "src/test/java")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                Map<Path, Long> counts = files.filter(file -> file.toString().endsWith(".java"))
                        .collect(Collectors.groupingBy(Path::getParent, TreeMap::new, Collectors.counting()));
                assertThat(counts)
                        .isNotEmpty()
                        .allSatisfy((directory, count) ->
                                assertThat(count).as("files of %s", directory).isLessThanOrEqualTo(MAX_FILES));
            }
        }
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.gatehouse.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void pluginsDoNotDependOnEachOther() {
        slices().matching(ROOT + "plugin.(*)..").should().notDependOnEachOther().check(CLASSES);
    }

    @Test
    void rolesDoNotDependOnEachOther() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("proxy")
                .definedBy(ROOT + "proxy..")
                .layer("issuer")
                .definedBy(ROOT + "issuer..")
                .layer("admin")
                .definedBy(ROOT + "admin..")
                .whereLayer("proxy")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("issuer")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("admin")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void onlyTheStoreUsesSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "org.flywaydb..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void onlyTheClusterDependsOnHazelcast() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..")
                .check(CLASSES);
    }

    @Test
    void onlyTelemetryDependsOnOpenTelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "telemetry..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void onlyLaunchDeploysVerticles() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "launch..")
                .should()
                .callMethodWhere(describe(
                        "deploys a verticle",
                        call -> call.getTarget().getOwner().isEquivalentTo(Vertx.class)
                                && call.getTarget().getName().equals("deployVerticle")))
                .check(CLASSES);
    }

    @Test
    void onlyLaunchReadsFilesAndTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "launch..")
                .and()
                // file-log writes below the directories that launch passes to it.
                .doNotHaveFullyQualifiedName(ROOT + "plugin.log.FileSender")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .callMethodWhere(describe(
                        "reads the environment",
                        call -> call.getTarget().getOwner().isEquivalentTo(System.class)
                                && call.getTarget().getName().startsWith("getenv")))
                .check(CLASSES);
    }

    @Test
    void theBottomRowsDependOnTheJdkAndListedLibraries() {
        classes()
                .that()
                .resideInAnyPackage(BOTTOM)
                .should()
                .onlyDependOnClassesThat()
                // re2j reads operators' expressions, Jackson reads JSON, Bouncy Castle reads PEM, Netty reads IP
                // addresses.
                .resideInAnyPackage(
                        ROOT + "oauth..",
                        ROOT + "credential..",
                        ROOT + "entity..",
                        ROOT + "config..",
                        ROOT + "schema..",
                        ROOT + "syntax..",
                        ROOT + "tls..",
                        "java..",
                        "javax.crypto..",
                        "javax.security.auth.x500..",
                        "org.jspecify.annotations..",
                        "com.google.re2j..",
                        "com.fasterxml.jackson..",
                        "io.netty.util",
                        "org.bouncycastle..")
                .check(CLASSES);
    }

    @Test
    void inTheBottomRowsOnlyTlsDependsOnBouncyCastle() {
        noClasses()
                .that()
                .resideInAnyPackage(BOTTOM)
                .and()
                .resideOutsideOfPackage(ROOT + "tls..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bouncycastle..")
                .check(CLASSES);
    }

    @Test
    void inTheBottomRowsOnlySyntaxDependsOnParsers() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + "oauth..",
                        ROOT + "credential..",
                        ROOT + "entity..",
                        ROOT + "config..",
                        ROOT + "schema..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.re2j..", "com.fasterxml.jackson..")
                .check(CLASSES);
    }
}
