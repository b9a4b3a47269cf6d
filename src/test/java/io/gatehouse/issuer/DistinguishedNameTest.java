package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Locale;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the comparison of names of certificates (RFC 5280 §7.1). */
class DistinguishedNameTest {
    /** Marks of a letter. The normal form of a text has the one below first. */
    private static final String ABOVE = "\u0301";

    private static final String BELOW = "\u0316";

    /** A name with an attribute whose length the library does not check. */
    private static X500Name name(String text) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.BUSINESS_CATEGORY, new DERUTF8String(text))
                .build();
    }

    private static boolean areSame(String one, String other) {
        return DistinguishedName.areSame(name(one), name(other));
    }

    @Test
    void texts_areComparedWithoutCaseAndForms() {
        assertThat(areSame("Jos\u00e9  of STRASSE", "JOSE" + ABOVE + " of stra\u00dfe"))
                .isTrue();
        assertThat(areSame("a" + ABOVE + BELOW, "a" + BELOW + ABOVE)).isTrue();
        assertThat(areSame("\u03a3\u03c3\u03c2", "\u03c3\u03c2\u03a3")).isTrue();
        assertThat(areSame("Jos\u00e9", "Jose")).isFalse();
    }

    @Test
    void longTexts_areComparedWithoutCase() {
        String text = "Name ".repeat(200);

        assertThat(areSame(text + "one", text.toUpperCase(Locale.ROOT) + "ONE")).isTrue();
        assertThat(areSame(text + "one", text + "two")).isFalse();
    }

    /** A client chooses the issuer of its certificate. A normal form sorts marks; the lower case of a sigma depends on its word. */
    @ParameterizedTest
    @ValueSource(strings = {ABOVE + " " + BELOW, "\u03a3 \u03a3"})
    void textWhoseFormsDependOnEachOther_isComparedInOnePass(String characters) {
        String[] both = characters.split(" ", -1);
        String text = "a" + both[0].repeat(100_000) + both[1].repeat(100_000);

        boolean areSame = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> areSame(text + "b", text + "c"));

        assertThat(areSame).isFalse();
    }
}
