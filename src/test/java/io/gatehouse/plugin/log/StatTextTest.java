package io.gatehouse.plugin.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatTextTest {
    @Test
    void aNameHasNoDelimiterSpaceOrControlCharacter() {
        assertThat(StatText.name("a:1|c\nb#t,u=v[w]\r\u0000\u0085\u00a0\u2028é@x.y-z_"))
                .isEqualTo("a_1_c_b_t_u_v_w______é@x.y-z_");
        assertThat(StatText.element("api.example.com")).isEqualTo("api_example_com");
    }

    @Test
    void aTagHasNoLineBreakAndNoPipe() {
        assertThat(StatText.tag("env:a b,c\n|d\u2028")).isEqualTo("env:a b,c__d_");
    }

    @Test
    void aRateIsWrittenUnlessItIsOne() {
        assertThat(StatText.rate(null)).isEmpty();
        assertThat(StatText.rate(1L)).isEmpty();
        assertThat(StatText.rate(1.0)).isEmpty();
        assertThat(StatText.rate(0.5)).isEqualTo("|@0.5");
        assertThat(StatText.rate(1e-7)).isEqualTo("|@0.0000001");
        assertThat(StatText.rate(2L)).isEqualTo("|@2");
    }
}
