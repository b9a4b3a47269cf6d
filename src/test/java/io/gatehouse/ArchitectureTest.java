package io.gatehouse;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The map of ARCHITECTURE.md, held against the code: rows see only rows below. */
class ArchitectureTest {
    private static final String ROOT = "io.gatehouse.";

    /** From the top row down. */
    private static final List<List<String>> ROWS = List.of(
            List.of("launch.."),
            List.of("proxy..", "issuer..", "admin..", "declarative.."),
            List.of("plugin.*..", "cluster..", "changes.."),
            List.of("plugin", "lookup.."),
            List.of("balancer.."),
            List.of("routing..", "catalog.."),
            List.of("store..", "bus.."),
            List.of("telemetry..", "connection..", "upstream.."),
            List.of("oauth..", "entity..", "config.."),
            List.of("credential..", "schema.."),
            List.of("syntax.."));

    /** Within a row, who may see whom; cycles are a rule of their own. */
    private static final Map<String, List<String>> NEIGHBOURS = Map.of(
            "launch..", List.of("launch.."),
            "issuer..", List.of("issuer.."));

    /** Records, schemas and syntax, without I/O. */
    private static final String[] BOTTOM = Stream.of(
                    "oauth..", "credential..", "entity..", "config..", "schema..", "syntax..")
            .map(ROOT::concat)
            .toArray(String[]::new);

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.gatehouse");

    @TestFactory
    List<DynamicTest> aRowSeesOnlyRowsBelow() {
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
    void everyPackageHasItsPlaceOnTheMap() {
        classes()
                .should()
                .resideInAnyPackage(ROWS.stream()
                        .flatMap(List::stream)
                        .map(place -> ROOT + place)
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.gatehouse.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void pluginsDoNotSeeEachOther() {
        slices().matching(ROOT + "plugin.(*)..").should().notDependOnEachOther().check(CLASSES);
    }

    @Test
    void rolesMeetOnlyOnTheBus() {
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
    void onlyTheStoreSpeaksSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "org.flywaydb..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void onlyTheClusterKnowsHazelcast() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cluster..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..")
                .check(CLASSES);
    }

    @Test
    void onlyTelemetryKnowsOpenTelemetry() {
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
    void theBottomRowKnowsTheJdkAlone() {
        classes()
                .that()
                .resideInAnyPackage(BOTTOM)
                .should()
                .onlyDependOnClassesThat()
                // How operators' expressions and JSON are read; see docs/adr.
                .resideInAnyPackage(
                        ROOT + "oauth..",
                        ROOT + "credential..",
                        ROOT + "entity..",
                        ROOT + "config..",
                        ROOT + "schema..",
                        ROOT + "syntax..",
                        "java..",
                        "javax.crypto..",
                        "org.jspecify.annotations..",
                        "com.google.re2j..",
                        "com.fasterxml.jackson..")
                .check(CLASSES);
    }

    @Test
    void inTheBottomRowOnlySyntaxKnowsParsers() {
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
