package io.gatehouse.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The search list of resolv.conf(5). */
class SearchListTest {
    private static SearchList read(String text) {
        return SearchList.of(text.lines().toList());
    }

    @Test
    void theListOfAPodCompletesNamesWithFewDots() {
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
    void aNameWithEnoughDotsIsTriedFirst() {
        SearchList list = read("domain old.test\nsearch corp.test\n");
        assertThat(list.candidates("api.example")).containsExactly("api.example", "api.example.corp.test");
        assertThat(list.candidates("api")).containsExactly("api.corp.test", "api");
    }

    @Test
    void aNameThatEndsWithADotIsComplete() {
        assertThat(read("search corp.test\n").candidates("api.")).containsExactly("api.");
    }

    @Test
    void aNameThatWouldBeTooLongIsNotTried() {
        String name = "a".repeat(60) + ".b".repeat(90);
        assertThat(read("search corp.test " + "c".repeat(30) + "\noptions ndots:x\n")
                        .candidates(name))
                .containsExactly(name, name + ".corp.test");
    }

    @Test
    void withoutDomainsANameIsTriedAsItIs() {
        assertThat(read("nameserver 127.0.0.1\n")).isEqualTo(SearchList.NONE);
        assertThat(SearchList.NONE.candidates("api")).containsExactly("api");
    }
}
