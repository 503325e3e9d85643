package dev.regions.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A suppressed exception")
class SuppressedTest {

    @Test
    @DisplayName("is added to the one that counts, unless it is the same or there is none")
    void added() {
        Exception reason = new Exception("reason");
        Exception another = new Exception("another");

        Suppressed.add(reason, reason);
        Suppressed.add(reason, null);
        Suppressed.add(reason, another);

        assertThat(reason).hasSuppressedException(another);
        assertThat(reason.getSuppressed()).hasSize(1);
    }
}
