package io.gatehouse.issuer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * Compares distinguished names of certificates (RFC 5280 §7.1): their relative names in order, and texts by their characters, whatever
 * the type of the string.
 *
 * <p><i>Why not Bouncy Castle's comparison</i>: it ignores the order, and compares each relative name with each, which takes long for
 * names that a client chooses.
 *
 * <p><i>Why not the JDK's</i>: it compares the encoding of each attribute that RFC 2253 has no keyword for.
 */
final class DistinguishedName {
    private static final Pattern SPACES = Pattern.compile("\\s+");

    /** Characters of a text whose compatibility forms are compared. Most attributes have fewer (RFC 5280 §A.1). */
    private static final int MAX_NORMALIZED = 256;

    private DistinguishedName() {}

    /** Returns whether both are the same name. Fails with a {@link RuntimeException} if one of them is malformed. */
    static boolean areSame(X500Name one, X500Name other) {
        RDN[] names = one.getRDNs();
        RDN[] others = other.getRDNs();
        if (names.length != others.length) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            if (!attributes(names[i]).equals(attributes(others[i]))) {
                return false;
            }
        }
        return true;
    }

    /** The attributes of a relative name, which have no order (RFC 4514 §2.2). */
    private static List<String> attributes(RDN name) {
        return Arrays.stream(name.getTypesAndValues())
                .map(DistinguishedName::attribute)
                .sorted()
                .toList();
    }

    private static String attribute(AttributeTypeAndValue attribute) {
        String type = attribute.getType().getId();
        ASN1Encodable value = attribute.getValue();
        // No identifier has either separator, so a text never equals an encoding.
        return isText(value)
                ? type + "=" + prepared(((ASN1String) value).getString())
                : type + "#" + HexFormat.of().formatHex(encoded(value));
    }

    /** Whether the characters of a string are unambiguous. */
    private static boolean isText(ASN1Encodable value) {
        return value instanceof ASN1UTF8String
                || value instanceof ASN1PrintableString
                || value instanceof ASN1IA5String
                || value instanceof ASN1BMPString;
    }

    /**
     * A text without case, compatibility forms and superfluous spaces (RFC 4518 §2).
     *
     * <p><i>Why no lower case, and no forms of a long text</i>: a client chooses the names of its chain. The normal form of a letter with
     * many marks takes a time that grows with the square of their number, and so does the lower case of a word with many sigmas.
     */
    private static String prepared(String text) {
        String normal = text.length() <= MAX_NORMALIZED ? Normalizer.normalize(text, Normalizer.Form.NFKD) : text;
        return SPACES.matcher(normal.toUpperCase(Locale.ROOT)).replaceAll(" ").strip();
    }

    private static byte[] encoded(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
