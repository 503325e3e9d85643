package dev.regions.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/testing.md")
class DocumentationTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    @DisplayName("shows Java code that is compiled and run, in LedgerTest")
    void codeIsCompiled() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "testing.md"));
        String compiled = squeeze(Files.readString(Path.of("src/test/java/dev/regions/testing/LedgerTest.java")));

        List<String> shown =
                JAVA.matcher(page).results().map(MatchResult::group).toList();

        assertThat(shown).hasSizeGreaterThan(3);
        JAVA.matcher(page).results().forEach(block -> assertThat(compiled).contains(squeeze(block.group(1))));
    }

    @Test
    @DisplayName("shows the message of the first seed that fails")
    void messageIsReal() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "testing.md"));
        String message = LedgerTest.catchFailure(Exploration.seeds(1000)).getMessage();

        assertThat(squeeze(page)).contains(squeeze(message));
    }

    /** Indentation and line breaks differ. */
    private static String squeeze(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
