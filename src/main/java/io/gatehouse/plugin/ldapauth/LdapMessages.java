package io.gatehouse.plugin.ldapauth;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;

/** Encodes the two requests that the plugin sends, and decodes their responses (RFC 4511). */
final class LdapMessages {
    /** Operations by their tag. */
    static final int BIND_RESPONSE = 1;

    static final int EXTENDED_RESPONSE = 24;
    private static final int BIND_REQUEST = 0;
    private static final int EXTENDED_REQUEST = 23;

    /** Bytes of a response. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int VERSION = 3;
    private static final String START_TLS = "1.3.6.1.4.1.1466.20037";

    private static final int HEAD_BYTES = 2;
    private static final byte SEQUENCE = 0x30;
    /** A first length octet from here on states how many octets the length has. */
    private static final int LONG_FORM = 0x80;

    private static final int MAX_LENGTH_OCTETS = 4;

    /** Holds what the plugin reads of a response. */
    record Response(int messageId, int operation, int resultCode) {}

    private LdapMessages() {}

    /** Encodes a simple bind (RFC 4511 §4.2). */
    static byte[] bind(int messageId, String name, byte[] password) {
        return message(
                messageId,
                BIND_REQUEST,
                new ASN1Integer(VERSION),
                new DEROctetString(name.getBytes(StandardCharsets.UTF_8)),
                new DERTaggedObject(false, 0, new DEROctetString(password)));
    }

    /** Encodes StartTLS (RFC 4511 §4.14). */
    static byte[] startTls(int messageId) {
        byte[] name = START_TLS.getBytes(StandardCharsets.US_ASCII);
        return message(messageId, EXTENDED_REQUEST, new DERTaggedObject(false, 0, new DEROctetString(name)));
    }

    private static byte[] message(int messageId, int operation, ASN1Encodable... fields) {
        ASN1Encodable request = new DERTaggedObject(false, BERTags.APPLICATION, operation, new DERSequence(fields));
        try {
            return new DERSequence(new ASN1Encodable[] {new ASN1Integer(messageId), request})
                    .getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the bytes of the first message; 0 if more are needed to read its length. */
    static int length(Buffer received) {
        if (received.length() < HEAD_BYTES) {
            return 0;
        }
        if (received.getByte(0) != SEQUENCE) {
            throw new LdapFailure("the response is not LDAP");
        }
        int first = received.getUnsignedByte(1);
        if (first < LONG_FORM) {
            return HEAD_BYTES + first;
        }
        int octets = first - LONG_FORM;
        if (octets == 0 || octets > MAX_LENGTH_OCTETS) {
            throw new LdapFailure("the response has a malformed length");
        }
        if (received.length() < HEAD_BYTES + octets) {
            return 0;
        }
        long length = 0;
        for (int i = 0; i < octets; i++) {
            length = (length << Byte.SIZE) + received.getUnsignedByte(HEAD_BYTES + i);
        }
        if (length > MAX_BYTES) {
            throw new LdapFailure("the response has more than " + MAX_BYTES + " bytes");
        }
        return HEAD_BYTES + octets + (int) length;
    }

    static Response response(byte[] message) {
        try {
            ASN1Sequence parts = ASN1Sequence.getInstance(message);
            ASN1TaggedObject operation = ASN1TaggedObject.getInstance(parts.getObjectAt(1), BERTags.APPLICATION);
            ASN1Sequence result = ASN1Sequence.getTagged(operation, false);
            return new Response(
                    ASN1Integer.getInstance(parts.getObjectAt(0)).intValueExact(),
                    operation.getTagNo(),
                    ASN1Enumerated.getInstance(result.getObjectAt(0)).intValueExact());
        } catch (IllegalArgumentException
                | IllegalStateException
                | ArithmeticException
                | ClassCastException
                | IndexOutOfBoundsException e) {
            throw new LdapFailure("the response is malformed");
        }
    }
}
