package dev.regions.core.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class StructuredScopesTest {
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21, max = JRE.JAVA_25) // in which they are a preview
    @DisplayName("Programs pay for scopes of the JDK only if previews are enabled")
    void possibleIfEnabled() {
        boolean isEnabled =
                ManagementFactory.getRuntimeMXBean().getInputArguments().contains("--enable-preview");

        assertThat(StructuredScopes.POSSIBLE).isEqualTo(isEnabled);
    }
}
