package io.gatehouse.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashedSecretTest {
    private static final String SALT_AND_HASH = "$" + "A".repeat(22) + "$" + "A".repeat(43);

    @ParameterizedTest
    @CsvSource({"1,true", "10000,true", "1000000,true", "0,false", "1000001,false", "9999999,false", "10000000,false"})
    void anImportedHashHasAtMostAMillionIterations(String iterations, boolean isHash) {
        String text = "$pbkdf2-sha512$i=" + iterations + ",l=32" + SALT_AND_HASH;
        assertThat(HashedSecret.parse(text).isPresent()).isEqualTo(isHash);
    }

    @Test
    void aHashMatchesItsSecretAlone() {
        HashedSecret hash = HashedSecret.of("secret");
        assertThat(HashedSecret.parse(hash.phc()).orElseThrow().matches("secret"))
                .isTrue();
        assertThat(hash.matches("secret ")).isFalse();
        assertThat(HashedSecret.of("secret").phc()).as("another salt").isNotEqualTo(hash.phc());
    }
}
