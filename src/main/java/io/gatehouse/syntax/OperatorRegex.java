package io.gatehouse.syntax;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Compiles operators' regular expressions, which are matched against attackers' input.
 *
 * <p><i>Why</i>: RE2 takes time linear in the input and in the expression. The size of the expression is checked before compilation,
 * because RE2J unrolls counted repetitions, and recurses into groups. {@code ((a{1000}){1000}){1000}} would exhaust the heap.
 */
public final class OperatorRegex {

    static final int MAX_SIZE = 2_000;
    static final int MAX_DEPTH = 50;

    private static final String TOO_LARGE = "expression too large";

    private OperatorRegex() {}

    /** Returns the violation of an expression; null if it is valid. */
    public static @Nullable String violation(String regex) {
        try {
            compile(regex, 0);
            return null;
        } catch (PatternSyntaxException e) {
            return "invalid regex: '" + regex + "' (RE2 returned: " + e.getDescription() + ")";
        }
    }

    /** Compiles an expression without a violation. */
    public static Pattern compile(String regex, int flags) {
        if (new SizeEstimate(regex).isTooLarge()) {
            throw new PatternSyntaxException(TOO_LARGE, regex.substring(0, Math.min(regex.length(), 100)));
        }
        return Pattern.compile(regex, flags);
    }

    /** Counts the instructions that the expression unrolls to. RE2J creates at most a few times as many. */
    private static final class SizeEstimate {

        private final String regex;
        private final long[] sizes = new long[MAX_DEPTH + 1];
        private int depth;
        private long last;
        private int position;

        SizeEstimate(String regex) {
            this.regex = regex;
        }

        boolean isTooLarge() {
            while (position < regex.length()) {
                switch (regex.charAt(position)) {
                    case '\\' -> escape();
                    case '[' -> characterClass();
                    case '{' -> repetition();
                    case '(' -> {
                        if (depth == MAX_DEPTH) {
                            return true;
                        }
                        open();
                    }
                    case ')' -> {
                        if (depth == 0) {
                            return false; // RE2J reports the error.
                        }
                        long group = sizes[depth--] + 2;
                        add(group, position + 1);
                    }
                    default -> add(1, position + 1);
                }
                if (sizes[depth] > MAX_SIZE) {
                    return true;
                }
            }
            return false;
        }

        private void open() {
            int flagsEnd = position + 1;
            if (regex.startsWith("?", flagsEnd)) {
                do {
                    flagsEnd++;
                } while (flagsEnd < regex.length() && "imsU-".indexOf(regex.charAt(flagsEnd)) >= 0);
            }
            if (regex.startsWith(")", flagsEnd) && flagsEnd > position + 1) {
                // In RE2J a repetition after flags repeats the expression before them, even another repetition.
                position = flagsEnd + 1;
                return;
            }
            sizes[++depth] = 0;
            position++;
        }

        private void add(long size, int next) {
            last = size;
            sizes[depth] += size;
            position = next;
        }

        private void escape() {
            if (!regex.startsWith("\\Q", position)) {
                add(1, position + 2);
                return;
            }
            int end = regex.indexOf("\\E", position);
            int next = end < 0 ? regex.length() : end + 2;
            // As with flags, the expression before an empty quotation can be repeated again.
            add(Math.max(last, next - position), next);
        }

        private void characterClass() {
            int i = position + 1;
            if (regex.startsWith("^", i)) {
                i++;
            }
            // A closing bracket at the beginning of a class is one of its members.
            int first = i;
            while (i < regex.length() && (regex.charAt(i) != ']' || i == first)) {
                int namedEnd = regex.startsWith("[:", i) ? regex.indexOf(":]", i + 2) : -1;
                if (namedEnd >= 0) {
                    i = namedEnd + 2;
                } else {
                    i += regex.charAt(i) == '\\' ? 2 : 1;
                }
            }
            add(1, i + 1);
        }

        private void repetition() {
            int close = regex.indexOf('}', position);
            int times = close < 0 ? 0 : times(regex.substring(position + 1, close));
            if (times == 0) {
                add(1, position + 1);
                return;
            }
            sizes[depth] += last * (times - 1);
            last *= times;
            position = close + 1;
        }

        /** Returns the largest number of copies of {@code n}, {@code n,} or {@code n,m}; 0 if it is no count. */
        private static int times(String count) {
            int comma = count.indexOf(',');
            int least = number(comma < 0 ? count : count.substring(0, comma));
            if (least < 0) {
                return 0;
            }
            boolean isOpen = comma == count.length() - 1;
            int most = comma < 0 || isOpen ? least + 1 : number(count.substring(comma + 1));
            return most < 0 ? 0 : Math.max(1, most);
        }

        /** RE2J's limit for a count is 1000. It rejects a count with more digits. */
        private static int number(String digits) {
            boolean isNumber =
                    !digits.isEmpty() && digits.length() <= 4 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
            return isNumber ? Integer.parseInt(digits) : -1;
        }
    }
}
