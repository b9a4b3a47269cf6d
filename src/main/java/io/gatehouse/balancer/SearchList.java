package io.gatehouse.balancer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Completes names as resolv.conf(5) defines it: {@code backend.shop} is {@code backend.shop.svc.cluster.local} in a pod.
 *
 * @param domains appended to a name, in this order
 * @param ndots a name with as many dots is first tried as it is, and any other last
 */
public record SearchList(List<String> domains, int ndots) {
    /** As many as a pod may have. */
    private static final int MAX_DOMAINS = 32;

    private static final int DEFAULT_NDOTS = 1;
    /** Completes no name. */
    public static final SearchList NONE = new SearchList(List.of(), DEFAULT_NDOTS);

    private static final int MAX_NDOTS = 15;
    private static final String NDOTS = "ndots:";
    /** Characters of a name (RFC 1035 §2.3.4). */
    private static final int MAX_NAME = 253;

    public SearchList {
        domains = List.copyOf(domains);
    }

    /** Reads the lines of a file in the format of resolv.conf(5). */
    public static SearchList of(List<String> lines) {
        List<String> domains = List.of();
        int ndots = DEFAULT_NDOTS;
        for (String line : lines) {
            List<String> words = Arrays.asList(line.strip().split("\\s+", -1));
            List<String> values = words.subList(1, words.size());
            switch (words.get(0)) {
                // The last line of either kind counts.
                case "search", "domain" ->
                    domains = values.stream()
                            .map(SearchList::withoutDot)
                            .filter(domain -> !domain.isEmpty())
                            .limit(MAX_DOMAINS)
                            .toList();
                case "options" -> ndots = ndots(values, ndots);
                default -> {
                    // Name servers, comments and others.
                }
            }
        }
        return new SearchList(domains, ndots);
    }

    private static String withoutDot(String domain) {
        return domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
    }

    private static int ndots(List<String> options, int before) {
        int ndots = before;
        for (String option : options) {
            if (option.startsWith(NDOTS)) {
                try {
                    ndots = Math.max(0, Math.min(MAX_NDOTS, Integer.parseInt(option.substring(NDOTS.length()))));
                } catch (NumberFormatException malformed) {
                    // The C library ignores it, too.
                }
            }
        }
        return ndots;
    }

    /** Returns the names to query in turn, at least one. A name that ends with a dot is complete. */
    List<String> candidates(String name) {
        if (name.endsWith(".") || domains.isEmpty()) {
            return List.of(name);
        }
        List<String> searched = domains.stream()
                .map(domain -> name + "." + domain)
                .filter(candidate -> candidate.length() <= MAX_NAME)
                .toList();
        boolean isFirst = name.chars().filter(c -> c == '.').count() >= ndots;
        List<String> candidates = new ArrayList<>(searched);
        candidates.add(isFirst ? 0 : searched.size(), name);
        return candidates;
    }
}
