package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.ResultCode;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which responses of an LDAP server ldap-auth accepts, with servers that are malicious. */
class LdapResponsesTest extends LdapFixture {
    @BeforeEach
    void listen() {
        replaceDirectory();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 13, 51, 52, 80})
    void aResultThatDoesNotDependOnThePassword_isNoRejection_andNotCached(int code) {
        String path = api.protectedBy("ldap-auth", directory.config());
        directory.respond(ResultCode.valueOf(code));
        isUnavailable(as(path, "anna:p"));
        directory.respond(null);
        as(path, "anna:p").isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 19, 32, 34, 48, 49, 50, 53})
    void anyOtherResultIsARejection(int code) {
        String path = api.protectedBy("ldap-auth", directory.config());
        directory.respond(ResultCode.valueOf(code));
        as(path, "anna:p").isMessage(401, "Unauthorized");
    }

    /** Each is a bind response with the result success, or begins like one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // Of another message.
                "300c02010961070a010004000400",
                // Of another operation.
                "300c02010165070a010004000400",
                // With a second message behind it.
                "300c02010161070a010004000400300c02010161070a010004000400",
                // Without a length, with a huge one, without a result, and no LDAP.
                "3080",
                "3084ffffffff",
                "30050201016100",
                "485454502f312e3120323030204f4b"
            })
    void aMalformedResponseAcceptsNoPassword(String hex) {
        NetServer malicious =
                fake(client -> client.write(Buffer.buffer(HexFormat.of().parseHex(hex))));
        isUnavailable(as(api.protectedBy("ldap-auth", DirectoryServer.config(malicious.actualPort())), "anna:p"));
        Gatehouse.await(malicious.close());
    }

    @Test
    void aResponseWithLongLengthsAndInParts_isRead() {
        String hex = "3084000000100201016184000000070a010004000400";
        NetServer server = fake(client -> {
            client.write(Buffer.buffer(HexFormat.of().parseHex(hex.substring(0, 6))));
            api.upstream
                    .vertx()
                    .setTimer(
                            50,
                            later -> client.write(Buffer.buffer(HexFormat.of().parseHex(hex.substring(6)))));
        });
        as(api.protectedBy("ldap-auth", DirectoryServer.config(server.actualPort())), "anna:p")
                .isStatus(200);
        Gatehouse.await(server.close());
    }

    @Test
    void clearTextBehindTheResponseToStartTls_closesTheConnection() {
        AtomicInteger messages = new AtomicInteger();
        // Success of StartTLS, and of a bind that the client has not sent yet.
        String hex = "300c02010178070a010004000400" + "300c02010261070a010004000400";
        NetServer malicious = fake(client -> {
            messages.incrementAndGet();
            client.write(Buffer.buffer(HexFormat.of().parseHex(hex)));
        });
        String path = api.protectedBy(
                "ldap-auth", DirectoryServer.config(malicious.actualPort()).put("start_tls", true));
        isUnavailable(as(path, "anna:p"));
        assertThat(messages).hasValue(1);
        Gatehouse.await(malicious.close());
    }

    @Test
    void aServerWithoutStartTls_receivesNoPassword() {
        String path = api.protectedBy("ldap-auth", directory.config().put("start_tls", true));
        isUnavailable(as(path, "anna:p"));
        assertThat(directory.binds()).isZero();
    }

    @Test
    void noPasswordIsInTheMessageOfAFailure() {
        NetServer malicious = fake(client -> client.write("no LDAP"));
        String path = api.protectedBy("ldap-auth", DirectoryServer.config(malicious.actualPort()));
        Reply reply = as(path, "anna:s3cr3t-password");
        isUnavailable(reply);
        assertThat(reply.text()).doesNotContain("s3cr3t").doesNotContain("LDAP");
        Gatehouse.await(malicious.close());
    }
}
