package dev.regions.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The page")
class DocumentationTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("\\| (?!promise |-)(.*) \\| (.*) \\|");
    private static final Pattern TEST = Pattern.compile("@(Repeated|Parameterized)?Test\\b");
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");

    @Test
    @DisplayName("docs/testing.md shows Java code that is compiled and run, in LedgerTest")
    void codeIsCompiled() throws IOException {
        String page = readPage("testing.md");
        String compiled = squeeze(Files.readString(Path.of("src/test/java/dev/regions/testing/LedgerTest.java")));

        List<String> shown =
                JAVA.matcher(page).results().map(MatchResult::group).toList();

        assertThat(shown).hasSizeGreaterThan(3);
        JAVA.matcher(page).results().forEach(block -> assertThat(compiled).contains(squeeze(block.group(1))));
    }

    @Test
    @DisplayName("docs/testing.md shows the message of the first seed that fails")
    void messageIsReal() throws IOException {
        String page = readPage("testing.md");
        String message = LedgerTest.catchFailure(Exploration.seeds(1000)).getMessage();

        assertThat(squeeze(page)).contains(squeeze(message));
    }

    @Test
    @DisplayName(
            "docs/internals/failure-and-time-tests.md names, for each promise, tests that exist and are not disabled")
    void testsExist() throws IOException {
        List<MatchResult> rows = ROW.matcher(readPage("internals/failure-and-time-tests.md"))
                .results()
                .toList();
        Map<String, String> sources = testSources();

        assertThat(rows).hasSizeGreaterThan(50);
        for (MatchResult row : rows) {
            List<String> names = CODE.matcher(row.group(2))
                    .results()
                    .map(name -> name.group(1))
                    .toList();
            assertThat(names).as(row.group(1)).isNotEmpty();
            assertThat(names).as(row.group(1)).allSatisfy(name -> assertThat(isTest(name, sources))
                    .as("%s is a test that runs", name)
                    .isTrue());
        }
    }

    @Test
    @DisplayName(
            "docs/internals/failure-and-time-tests.md could not name a test that is not there, disabled, or no test")
    void othersAreFound() {
        Map<String, String> sources = Map.of("ATest", """
                class ATest {
                    @Test
                    void there() {}

                    @Disabled("not yet")
                    @Test
                    void disabled() {}

                    private void helper() {}

                    void helped() {
                        helper();
                    }

                    @Test
                    void helped(TestInfo info) {}

                    class Inside {
                        @Test
                        void inside() {}
                    }
                }
                """);

        assertThat(List.of("ATest.there", "ATest.helped", "ATest.Inside.inside"))
                .allMatch(name -> isTest(name, sources));
        assertThat(List.of(
                        "BTest.there", "ATest.gone", "ATest.disabled", "ATest.helper", "ATest.Inside.there", "ATest"))
                .noneMatch(name -> isTest(name, sources));
    }

    /** Looks for {@code Class.method}, or {@code Class.Nested.method}, in the sources of tests, by class. */
    private static boolean isTest(String name, Map<String, String> sources) {
        String[] parts = name.split("\\.");
        String source = sources.get(parts[0]);
        if (source == null || parts.length < 2) {
            return false;
        }
        int from = 0;
        for (int i = 1; i < parts.length - 1; i++) {
            from = source.indexOf(" class " + parts[i] + " ", from);
            if (from < 0) {
                return false;
            }
        }
        String signature = " void " + parts[parts.length - 1] + "(";
        // The class may have other methods of that name, in helpers.
        for (int at = from; (at = source.indexOf(signature, at + 1)) > 0; ) {
            String annotations = source.substring(source.lastIndexOf("\n\n", at) + 1, at);
            if (TEST.matcher(annotations).find() && !annotations.contains("@Disabled")) {
                return true;
            }
        }
        return false;
    }

    /** Returns the sources of the tests of all modules, by the name of the class. */
    private static Map<String, String> testSources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.find(
                Path.of(".."), 20, (path, about) -> path.toString().matches(".*/src/test/java/.*Test\\.java"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                sources.merge(name, Files.readString(file), (one, another) -> one + "\n\n" + another);
            }
        }
        return sources;
    }

    private static String readPage(String name) throws IOException {
        return Files.readString(Path.of("..", "docs", name));
    }

    /** Indentation and line breaks differ. */
    private static String squeeze(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
