package dev.regions.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The Java code of")
class PageSnippetsTest {
    private static final Path ROOT = Path.of("..");

    @TempDir
    private Path classes;

    /** Returns README.md and the pages directly in docs that have Java code. */
    static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.filter(file -> file.toString()
                            .endsWith(".md")))
                    .filter(file -> PageSnippets.read(file).contains("```java"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    @DisplayName("a page compiles")
    void compiles(Path file) {
        String page = ROOT.relativize(file).toString();
        String preamble = PageSnippets.preambleOf(file);

        assertThat(PageSnippets.compile(page, PageSnippets.read(file), preamble, classes))
                .isEmpty();
    }

    @Test
    @DisplayName("README.md and docs/getting-started.md is found")
    void pagesAreFound() throws IOException {
        assertThat(pages()).map(Path::getFileName).map(Path::toString).contains("README.md", "getting-started.md");
    }

    @Test
    @DisplayName("a page that does not compile is reported with its file and line")
    void errorsAreFound() {
        String page = """
                # A page

                ```java
                int one = known();
                ```

                ```java
                static int twice(int x) {
                    return unknown(x);
                }
                ```

                ```java
                import java.util.List;

                class Program {
                    Missing missing;
                }
                ```

                ```java
                return one; // a local variable of another snippet
                ```
                """;
        String preamble = """
                import java.util.Map;

                class Preamble {
                    static int known() {
                        return 1;
                    }
                """;

        List<String> errors = PageSnippets.compile("docs/page.md", page, preamble, classes);

        assertThat(errors)
                .map(error -> error.replaceAll("(?s)(:\\d+).*", "$1"))
                .containsExactlyInAnyOrder("docs/page.md:9", "docs/page.md:17", "docs/page.md:22");
        assertThat(errors).anyMatch(error -> error.contains("Missing"));
    }
}
