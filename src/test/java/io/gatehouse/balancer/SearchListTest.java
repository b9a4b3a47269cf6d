package io.gatehouse.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search list of resolv.conf(5). */
class SearchListTest {
    @TempDir
    private Path directory;

    private SearchList read(String text) throws IOException {
        return SearchList.of(Files.writeString(directory.resolve("resolv.conf"), text));
    }

    @Test
    void theListOfAPodCompletesNamesWithFewDots() throws IOException {
        SearchList pod = read("""
                # of a pod
                search shop.svc.cluster.local svc.cluster.local\tcluster.local.
                nameserver 10.96.0.10
                options ndots:5 timeout:1
                """);
        assertThat(pod.candidates("backend.shop"))
                .containsExactly(
                        "backend.shop.shop.svc.cluster.local",
                        "backend.shop.svc.cluster.local",
                        "backend.shop.cluster.local",
                        "backend.shop");
    }

    @Test
    void aNameWithEnoughDotsIsTriedFirst() throws IOException {
        SearchList list = read("domain old.test\nsearch corp.test\n");
        assertThat(list.candidates("api.example")).containsExactly("api.example", "api.example.corp.test");
        assertThat(list.candidates("api")).containsExactly("api.corp.test", "api");
    }

    @Test
    void aNameThatEndsWithADotIsComplete() throws IOException {
        assertThat(read("search corp.test\n").candidates("api.")).containsExactly("api.");
    }

    @Test
    void aNameThatWouldBeTooLongIsNotTried() throws IOException {
        String name = "a".repeat(60) + ".b".repeat(90);
        assertThat(read("search corp.test " + "c".repeat(30) + "\noptions ndots:x\n")
                        .candidates(name))
                .containsExactly(name, name + ".corp.test");
    }

    @Test
    void withoutTheFileANameIsTriedAsItIs() {
        assertThat(SearchList.of(directory.resolve("absent"))).isEqualTo(new SearchList(List.of(), 1));
        assertThat(SearchList.of(directory.resolve("absent")).candidates("api")).containsExactly("api");
    }
}
